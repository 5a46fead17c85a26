package net.quicsql.sql;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one statement in one pass over its tokens. One thread at a time, for one statement. */
final class StatementReader {

    /** Which keyword the statement's beginning still owes us. */
    private enum Awaiting {
        FIRST_KEYWORD,
        EXPLAINED_OR_QUERY,
        PLAN,
        EXPLAINED,
        MAIN_VERB,
        NOTHING
    }

    private final Tokenizer tokens;
    private final StatementBoundary boundary = new StatementBoundary();

    private Awaiting awaiting = Awaiting.FIRST_KEYWORD;
    private StatementKind kind = StatementKind.OTHER;
    private @Nullable StatementKind explained;
    private Verb verb = Verb.OTHER;
    private int verbStart;

    private Token previous = Token.SEMICOLON;
    private int depth;
    private boolean afterFrom;
    private int traits;
    /** The trait that the latest token would bring if a parenthesis followed. */
    private int traitOfCall;

    private @Nullable ParameterNumbering numbering;
    private @Nullable Set<String> pragmaFunctions;

    private StatementReader(Tokenizer tokens) {
        this.tokens = tokens;
    }

    /** Reads the next statement that is not empty, its semicolon included; null when there is no more. */
    static @Nullable SqlStatement next(Tokenizer tokens) {
        Token first = tokens.next();
        while (first == Token.SEMICOLON) {
            first = tokens.next();
        }
        return first == Token.END_OF_TEXT ? null : new StatementReader(tokens).read(first);
    }

    private SqlStatement read(Token first) {
        int start = tokens.start();
        int end = start;
        Token token = first;
        while (token != Token.END_OF_TEXT && !boundary.endsAt(token)) {
            if (awaiting != Awaiting.NOTHING) {
                lead(token);
            }
            body(token);
            previous = token;
            end = tokens.end();
            token = tokens.next();
        }
        return finish(start, end);
    }

    private SqlStatement finish(int start, int end) {
        if (kind == StatementKind.EXPLAIN && explained == null) {
            explained = StatementKind.OTHER;
        }
        StatementHead head = HeadReader.read(verb, tokens.text(), verbStart, end);
        if (head.rollbackTo()) {
            if (explained == null) {
                kind = StatementKind.ROLLBACK_TO;
            } else {
                explained = StatementKind.ROLLBACK_TO;
            }
        }
        return new SqlStatement(
                tokens.text().substring(start, end),
                start,
                kind,
                explained,
                verb,
                head,
                traits | head.traits(),
                numbering == null ? Parameters.NONE : numbering.toParameters(),
                pragmaFunctions == null ? List.of() : List.copyOf(pragmaFunctions));
    }

    private void lead(Token token) {
        switch (awaiting) {
            case FIRST_KEYWORD -> {
                kind = token.kind();
                if (token == Token.EXPLAIN) {
                    awaiting = Awaiting.EXPLAINED_OR_QUERY;
                } else {
                    subject(token);
                }
            }
            case EXPLAINED_OR_QUERY -> {
                if (token == Token.QUERY) {
                    awaiting = Awaiting.PLAN;
                } else {
                    explained = token.kind();
                    subject(token);
                }
            }
            case PLAN -> awaiting = token == Token.PLAN ? Awaiting.EXPLAINED : Awaiting.NOTHING;
            case EXPLAINED -> {
                explained = token.kind();
                subject(token);
            }
            case MAIN_VERB -> {
                // A table expression may be called replace, but only a closed one has a parenthesis in front.
                if (depth == 0 && previous == Token.RIGHT_PAREN && token.isMainVerb()) {
                    verb(token);
                }
            }
            case NOTHING -> throw new IllegalStateException("the statement's beginning has been read");
        }
    }

    private void subject(Token token) {
        if (token == Token.WITH) {
            awaiting = Awaiting.MAIN_VERB;
        } else {
            verb(token);
        }
    }

    private void verb(Token token) {
        verb = token.verb();
        verbStart = tokens.start();
        awaiting = Awaiting.NOTHING;
    }

    private void body(Token token) {
        switch (token) {
            case LEFT_PAREN -> {
                depth++;
                traits |= traitOfCall;
            }
            case RIGHT_PAREN -> depth--;
            case VARIABLE -> parameter();
            case NAME, QUOTED_NAME -> name(token);
            case STRING -> string();
            case FROM, JOIN -> afterFrom = true;
            case INTO -> traits |= Trait.NAMES_INTO;
            case ROLLBACK, FAIL, RAISE -> {
                if (verb.changesRows()) {
                    traits |= Trait.CONFLICT_WORD;
                }
            }
            case RETURNING -> {
                if (depth == 0 && verb.changesRows()) {
                    traits |= Trait.RETURNING;
                }
            }
            default -> {
                // Says nothing about the statement.
            }
        }
        if (token != Token.NAME && token != Token.QUOTED_NAME) {
            traitOfCall = 0;
        }
    }

    private void parameter() {
        ParameterNumbering current = numbering;
        if (current == null) {
            current = new ParameterNumbering();
            numbering = current;
        }
        current.add(tokens.text(), tokens.start(), tokens.end());
    }

    private void name(Token token) {
        traitOfCall = 0;
        if (tokens.isNamed(token, SqlStatement.OWN_TABLE)) {
            traits |= Trait.NAMES_OWN_TABLE;
        } else if (tokens.isNamed(token, "last_insert_rowid")) {
            traits |= Trait.NAMES_LAST_INSERT_ROWID;
        } else if (tokens.isNamed(token, "changes") || tokens.isNamed(token, "total_changes")) {
            traitOfCall = Trait.NAMES_CHANGES;
        } else if (tokens.isNamedLike(token, "pragma_")) {
            pragmaFunction(token);
        }
    }

    /** SQLite takes a string for a table's name where only that can stand: {@code FROM 'pragma_optimize'}. */
    private void string() {
        if (tokens.isNamed(Token.STRING, SqlStatement.OWN_TABLE)) {
            traits |= Trait.NAMES_OWN_TABLE;
        }
        boolean mayNameTable = switch (previous) {
            case FROM, JOIN, IN, DOT -> true;
            case COMMA, LEFT_PAREN -> afterFrom;
            default -> false;
        };
        if (mayNameTable && tokens.isNamedLike(Token.STRING, "pragma_")) {
            pragmaFunction(Token.STRING);
        }
    }

    private void pragmaFunction(Token token) {
        Set<String> current = pragmaFunctions;
        if (current == null) {
            current = new LinkedHashSet<>();
            pragmaFunctions = current;
        }
        current.add(Ascii.toLower(tokens.unquoted(token)));
    }
}
