package net.quicsql.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One SQL statement and what its tokens say. Immutable; made by {@link SqlScanner}.
 *
 * <p>Everything here is read from the text alone: a name may mean another object than it seems, and a statement may well
 * be invalid. The flags look through EXPLAIN: they tell what the explained statement would be.
 */
public final class SqlStatement {
    /** The temporary table that the server itself keeps on connections that clients share. */
    public static final String OWN_TABLE = "_quicsql_last";

    private final String text;
    private final int start;
    private final StatementKind kind;
    private final @Nullable StatementKind explained;
    private final Verb verb;
    private final StatementHead head;
    private final int traits;
    private final Parameters parameters;
    private final List<String> pragmaFunctions;

    SqlStatement(
            String text,
            int start,
            StatementKind kind,
            @Nullable StatementKind explained,
            Verb verb,
            StatementHead head,
            int traits,
            Parameters parameters,
            List<String> pragmaFunctions) {
        this.text = text;
        this.start = start;
        this.kind = kind;
        this.explained = explained;
        this.verb = verb;
        this.head = head;
        this.traits = traits;
        this.parameters = parameters;
        this.pragmaFunctions = pragmaFunctions;
    }

    /** The exact text from the first token to the last, without the semicolon and the white space and comments around. */
    public String text() {
        return text;
    }

    /** Where the text begins in its script, in UTF-16 units. */
    public int start() {
        return start;
    }

    /** Where the text ends in its script, in UTF-16 units, exclusive. */
    public int end() {
        return start + text.length();
    }

    public StatementKind kind() {
        return kind;
    }

    /** The kind of what an EXPLAIN explains, {@code OTHER} when it explains nothing; null when this is no EXPLAIN. */
    public @Nullable StatementKind explained() {
        return explained;
    }

    /** The main keyword: of a WITH the one after its table expressions, of an EXPLAIN that of the explained statement. */
    public Verb verb() {
        return verb;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** Whether a statement that changes rows has a RETURNING clause of its own. */
    public boolean returning() {
        return has(Trait.RETURNING);
    }

    /** Whether {@code last_insert_rowid} occurs as a name, called or not, quoted or not. */
    public boolean namesLastInsertRowid() {
        return has(Trait.NAMES_LAST_INSERT_ROWID);
    }

    /**
     * Whether the statement reads the connection's last rowid or reports it. An insert does: where it inserts nothing, or
     * into a table without rowids, the connection still has the last rowid of its previous user.
     */
    public boolean dependsOnLastRowid() {
        return verb() == Verb.INSERT || verb() == Verb.REPLACE || namesLastInsertRowid();
    }

    /** Whether {@code changes} or {@code total_changes}, quoted or not, occurs in front of a parenthesis. */
    public boolean namesChanges() {
        return has(Trait.NAMES_CHANGES);
    }

    /**
     * Whether the statement says by itself that it makes or changes something temporary: CREATE TEMP or TEMPORARY
     * anything; CREATE, DROP, ALTER, REINDEX, INSERT, REPLACE, UPDATE or DELETE of an object written {@code temp.name};
     * CREATE TRIGGER ON {@code temp.name}; REINDEX or ANALYZE of {@code temp}. The schema may be quoted. It does not catch
     * an unqualified name that belongs to an existing temporary object, nor one that is only read.
     */
    public boolean temporary() {
        return has(Trait.TEMPORARY);
    }

    /** Whether this is a VACUUM with an INTO, which writes another file. */
    public boolean vacuumInto() {
        return verb == Verb.VACUUM && has(Trait.NAMES_INTO);
    }

    /**
     * Whether a statement that changes rows holds one of the words ROLLBACK, FAIL or RAISE outside quotes: on a conflict it
     * may end the whole transaction or keep half of its work, so it may not share a transaction with others. ABORT, IGNORE
     * and REPLACE undo no more than the statement itself and do not count.
     */
    public boolean mayEndTransaction() {
        return has(Trait.CONFLICT_WORD);
    }

    /**
     * Whether the object that the statement changes, quoted and qualified or not, is {@code sqlite_schema}, {@code
     * sqlite_master}, {@code sqlite_temp_schema} or {@code sqlite_temp_master}.
     */
    public boolean mentionsSchemaTable() {
        return has(Trait.SCHEMA_TABLE);
    }

    /**
     * Whether {@link #OWN_TABLE} occurs as a name or as a string, which SQLite takes for a name in places. Renamed, that
     * table would stand in front of a real one for everybody who gets the connection next.
     */
    public boolean namesOwnTable() {
        return has(Trait.NAMES_OWN_TABLE);
    }

    /** Whether this is an INSERT, REPLACE, UPDATE or DELETE, with or without table expressions before it; no EXPLAIN is. */
    public boolean changesRows() {
        return kind == StatementKind.WRITE || kind == StatementKind.WITH && verb.changesRows();
    }

    /** Whether this is a SELECT or VALUES, with or without table expressions before it, or an EXPLAIN. */
    public boolean reads() {
        return switch (kind) {
            case READ, EXPLAIN -> true;
            case WITH -> !verb.changesRows();
            default -> false;
        };
    }

    /** Whether this opens, ends or marks a transaction. False for an EXPLAIN of such a statement, which does nothing. */
    public boolean transactionKeyword() {
        return switch (kind) {
            case BEGIN, COMMIT, ROLLBACK, ROLLBACK_TO, SAVEPOINT, RELEASE -> true;
            case READ, WRITE, WITH, EXPLAIN, PRAGMA, DDL, VACUUM, ATTACH, DETACH, OTHER -> false;
        };
    }

    /**
     * What a BEGIN asks for. READONLY is answered for {@code BEGIN READONLY [TRANSACTION [name]]} and {@code BEGIN
     * TRANSACTION READONLY}, and only when nothing follows: the caller then sends SQLite another text.
     */
    public TransactionMode transactionMode() {
        return head.mode();
    }

    /**
     * The name in SAVEPOINT, RELEASE or ROLLBACK TO, without quotes; SQLite compares them without regard to ASCII case.
     * Null for other statements and where the grammar is broken.
     */
    public @Nullable String savepointName() {
        return head.savepointName();
    }

    /**
     * The parts of a PRAGMA or of an explained one. Null for other statements, and for a PRAGMA that SQLite's grammar does
     * not allow: SQLite acts on some of those before it reports the error, so they must not reach it.
     */
    public @Nullable PragmaCall pragma() {
        return head.pragma();
    }

    /** The names in lower case, each once, that begin with {@code pragma_} and may be table-valued pragma functions. */
    public List<String> pragmaFunctions() {
        return pragmaFunctions;
    }

    /** Kind, verb and place only: the text may hold literals that belong in no log. */
    @Override
    public String toString() {
        return "SqlStatement[" + kind + " " + verb + " at " + start + " to " + end() + "]";
    }

    private boolean has(int trait) {
        return (traits & trait) != 0;
    }
}
