package net.quicsql.sql;

/** The tokens that the scanner tells apart; keywords that nobody asks about are plain names. */
enum Token {
    END_OF_TEXT,
    SEMICOLON,
    LEFT_PAREN,
    RIGHT_PAREN,
    COMMA,
    DOT,
    EQUALS,
    PLUS,
    MINUS,
    OPERATOR,
    NUMBER,
    STRING,
    BLOB,
    VARIABLE,
    NAME,
    QUOTED_NAME,
    ILLEGAL,

    ALTER(StatementKind.DDL, Verb.ALTER),
    ANALYZE(StatementKind.DDL, Verb.ANALYZE),
    ATTACH(StatementKind.ATTACH, Verb.ATTACH),
    BEGIN(StatementKind.BEGIN, Verb.BEGIN),
    COMMIT(StatementKind.COMMIT, Verb.COMMIT),
    CREATE(StatementKind.DDL, Verb.CREATE),
    DELETE(StatementKind.WRITE, Verb.DELETE),
    DETACH(StatementKind.DETACH, Verb.DETACH),
    DROP(StatementKind.DDL, Verb.DROP),
    END(StatementKind.COMMIT, Verb.END),
    EXPLAIN(StatementKind.EXPLAIN, Verb.OTHER),
    INSERT(StatementKind.WRITE, Verb.INSERT),
    PRAGMA(StatementKind.PRAGMA, Verb.PRAGMA),
    REINDEX(StatementKind.DDL, Verb.REINDEX),
    RELEASE(StatementKind.RELEASE, Verb.RELEASE),
    REPLACE(StatementKind.WRITE, Verb.REPLACE),
    ROLLBACK(StatementKind.ROLLBACK, Verb.ROLLBACK),
    SAVEPOINT(StatementKind.SAVEPOINT, Verb.SAVEPOINT),
    SELECT(StatementKind.READ, Verb.SELECT),
    UPDATE(StatementKind.WRITE, Verb.UPDATE),
    VACUUM(StatementKind.VACUUM, Verb.VACUUM),
    VALUES(StatementKind.READ, Verb.VALUES),
    WITH(StatementKind.WITH, Verb.OTHER),

    DEFERRED(StatementKind.OTHER, Verb.OTHER),
    EXCLUSIVE(StatementKind.OTHER, Verb.OTHER),
    EXISTS(StatementKind.OTHER, Verb.OTHER),
    FAIL(StatementKind.OTHER, Verb.OTHER),
    FROM(StatementKind.OTHER, Verb.OTHER),
    IF(StatementKind.OTHER, Verb.OTHER),
    IMMEDIATE(StatementKind.OTHER, Verb.OTHER),
    IN(StatementKind.OTHER, Verb.OTHER),
    INDEX(StatementKind.OTHER, Verb.OTHER),
    INTO(StatementKind.OTHER, Verb.OTHER),
    JOIN(StatementKind.OTHER, Verb.OTHER),
    NOT(StatementKind.OTHER, Verb.OTHER),
    ON(StatementKind.OTHER, Verb.OTHER),
    OR(StatementKind.OTHER, Verb.OTHER),
    PLAN(StatementKind.OTHER, Verb.OTHER),
    QUERY(StatementKind.OTHER, Verb.OTHER),
    RAISE(StatementKind.OTHER, Verb.OTHER),
    /** A keyword of libSQL, a plain name to SQLite. */
    READONLY(StatementKind.OTHER, Verb.OTHER),
    RETURNING(StatementKind.OTHER, Verb.OTHER),
    TABLE(StatementKind.OTHER, Verb.OTHER),
    TEMP(StatementKind.OTHER, Verb.OTHER),
    TEMPORARY(StatementKind.OTHER, Verb.OTHER),
    TO(StatementKind.OTHER, Verb.OTHER),
    TRANSACTION(StatementKind.OTHER, Verb.OTHER),
    TRIGGER(StatementKind.OTHER, Verb.OTHER),
    UNIQUE(StatementKind.OTHER, Verb.OTHER),
    VIEW(StatementKind.OTHER, Verb.OTHER),
    VIRTUAL(StatementKind.OTHER, Verb.OTHER);

    private final boolean keyword;
    private final StatementKind kind;
    private final Verb verb;

    Token() {
        this.keyword = false;
        this.kind = StatementKind.OTHER;
        this.verb = Verb.OTHER;
    }

    Token(StatementKind kind, Verb verb) {
        this.keyword = true;
        this.kind = kind;
        this.verb = verb;
    }

    boolean isKeyword() {
        return keyword;
    }

    /** Whether SQLite may take this token where its grammar asks for a name; a string is one there too. */
    boolean canBeName() {
        return keyword || this == NAME || this == QUOTED_NAME || this == STRING;
    }

    /** The kind of a statement that begins with this token. */
    StatementKind kind() {
        return kind;
    }

    /** The verb of a statement whose main keyword this is. */
    Verb verb() {
        return verb;
    }

    /** Whether this keyword may follow the common table expressions of a WITH. */
    boolean isMainVerb() {
        return kind == StatementKind.READ || kind == StatementKind.WRITE;
    }
}
