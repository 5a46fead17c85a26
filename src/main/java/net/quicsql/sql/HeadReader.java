package net.quicsql.sql;

import org.jspecify.annotations.Nullable;

/**
 * Reads the few tokens behind a statement's verb that decide where it may run. It follows SQLite's grammar only as far as
 * it must; where a text leaves the grammar it stops, for SQLite will refuse it. One thread at a time.
 */
final class HeadReader {

    private final Tokenizer tokens;
    private Token token;

    private HeadReader(String text, int verbStart, int end) {
        this.tokens = new Tokenizer(text, verbStart, end);
        tokens.next();
        this.token = tokens.next();
    }

    /** Reads behind the verb that starts at an offset. */
    static StatementHead read(Verb verb, String text, int verbStart, int end) {
        return switch (verb) {
            case BEGIN -> StatementHead.of(new HeadReader(text, verbStart, end).transactionMode());
            case ROLLBACK -> new HeadReader(text, verbStart, end).rollback();
            case SAVEPOINT -> StatementHead.savepoint(new HeadReader(text, verbStart, end).lastName());
            case RELEASE -> StatementHead.savepoint(new HeadReader(text, verbStart, end).savepointName());
            case PRAGMA -> StatementHead.of(new HeadReader(text, verbStart, end).pragma());
            case INSERT, REPLACE, UPDATE, DELETE ->
                StatementHead.traits(new HeadReader(text, verbStart, end).rowTarget());
            case CREATE -> StatementHead.traits(new HeadReader(text, verbStart, end).created());
            case DROP, ALTER -> StatementHead.traits(new HeadReader(text, verbStart, end).dropped());
            case REINDEX, ANALYZE -> StatementHead.traits(new HeadReader(text, verbStart, end).maintained());
            case SELECT, VALUES, COMMIT, END, VACUUM, ATTACH, DETACH, OTHER -> StatementHead.NONE;
        };
    }

    private void advance() {
        token = tokens.next();
    }

    private boolean accept(Token expected) {
        if (token != expected) {
            return false;
        }
        advance();
        return true;
    }

    private TransactionMode transactionMode() {
        TransactionMode mode = switch (token) {
            case DEFERRED -> TransactionMode.DEFERRED;
            case IMMEDIATE -> TransactionMode.IMMEDIATE;
            case EXCLUSIVE -> TransactionMode.EXCLUSIVE;
            case READONLY -> TransactionMode.READONLY;
            default -> TransactionMode.UNSPECIFIED;
        };
        if (mode != TransactionMode.UNSPECIFIED) {
            advance();
        }
        if (accept(Token.TRANSACTION) && token.canBeName()) {
            if (token == Token.READONLY && mode == TransactionMode.UNSPECIFIED) {
                mode = TransactionMode.READONLY;
            }
            advance();
        }
        boolean whole = token == Token.END_OF_TEXT;
        return mode == TransactionMode.READONLY && !whole ? TransactionMode.UNSPECIFIED : mode;
    }

    private StatementHead rollback() {
        if (accept(Token.TRANSACTION) && token != Token.TO && token.canBeName()) {
            advance();
        }
        return accept(Token.TO) ? StatementHead.toSavepoint(savepointName()) : StatementHead.NONE;
    }

    private @Nullable String savepointName() {
        accept(Token.SAVEPOINT);
        return lastName();
    }

    private @Nullable String lastName() {
        if (!token.canBeName()) {
            return null;
        }
        String name = tokens.unquoted(token);
        advance();
        return token == Token.END_OF_TEXT ? name : null;
    }

    private @Nullable PragmaCall pragma() {
        String schema = null;
        String name = name();
        if (name != null && accept(Token.DOT)) {
            schema = Ascii.toLower(name);
            name = name();
        }
        if (name == null) {
            return null;
        }
        PragmaCall.Form form = PragmaCall.Form.NONE;
        String argument = null;
        if (accept(Token.EQUALS)) {
            form = PragmaCall.Form.EQUALS;
            argument = pragmaArgument();
        } else if (accept(Token.LEFT_PAREN)) {
            form = PragmaCall.Form.PARENTHESES;
            argument = pragmaArgument();
            if (!accept(Token.RIGHT_PAREN)) {
                return null;
            }
        }
        boolean complete = token == Token.END_OF_TEXT && (form == PragmaCall.Form.NONE || argument != null);
        return complete ? new PragmaCall(schema, Ascii.toLower(name), argument, form) : null;
    }

    private @Nullable String pragmaArgument() {
        boolean negative = token == Token.MINUS;
        if (negative || token == Token.PLUS) {
            advance();
            if (token != Token.NUMBER) {
                return null;
            }
        }
        if (token != Token.NUMBER && !token.canBeName()) {
            return null;
        }
        String argument = tokens.unquoted(token);
        advance();
        return negative ? "-" + argument : argument;
    }

    private @Nullable String name() {
        if (!token.canBeName()) {
            return null;
        }
        String name = tokens.unquoted(token);
        advance();
        return name;
    }

    /** Behind INSERT, REPLACE, UPDATE, DELETE: an OR clause, INTO or FROM, then the table. */
    private int rowTarget() {
        if (accept(Token.OR)) {
            advance();
        }
        if (token == Token.INTO || token == Token.FROM) {
            advance();
        }
        return target();
    }

    private int created() {
        int temporary = token == Token.TEMP || token == Token.TEMPORARY ? Trait.TEMPORARY : 0;
        if (temporary != 0) {
            advance();
        }
        if (token == Token.UNIQUE || token == Token.VIRTUAL) {
            advance();
        }
        boolean trigger = token == Token.TRIGGER;
        int traits = temporary | dropped();
        return trigger ? traits | triggerTable() : traits;
    }

    /** Behind CREATE, DROP, ALTER: the type of the object, IF [NOT] EXISTS, then its name. */
    private int dropped() {
        if (token != Token.TABLE && token != Token.INDEX && token != Token.VIEW && token != Token.TRIGGER) {
            return 0;
        }
        advance();
        if (accept(Token.IF)) {
            accept(Token.NOT);
            accept(Token.EXISTS);
        }
        return target();
    }

    /** Behind the name of a trigger: the table after ON, whose schema an unqualified trigger joins. */
    private int triggerTable() {
        while (token != Token.ON && token != Token.BEGIN && token != Token.END_OF_TEXT) {
            advance();
        }
        return accept(Token.ON) ? target() & Trait.TEMPORARY : 0;
    }

    /** Behind REINDEX, ANALYZE: a schema, or an object's name. */
    private int maintained() {
        boolean temporary = isTemporarySchema()
                || tokens.isNamed(token, "sqlite_temp_schema")
                || tokens.isNamed(token, "sqlite_temp_master");
        int traits = target();
        return temporary && token == Token.END_OF_TEXT ? traits | Trait.TEMPORARY : traits;
    }

    /** An object's name with or without its schema. */
    private int target() {
        if (!token.canBeName()) {
            return 0;
        }
        boolean temporary = isTemporarySchema();
        boolean schemaTable = isSchemaTable();
        advance();
        if (!accept(Token.DOT)) {
            return schemaTable ? Trait.SCHEMA_TABLE : 0;
        }
        int traits = temporary ? Trait.TEMPORARY : 0;
        return token.canBeName() && isSchemaTable() ? traits | Trait.SCHEMA_TABLE : traits;
    }

    private boolean isTemporarySchema() {
        return token.canBeName() && tokens.isNamed(token, "temp");
    }

    private boolean isSchemaTable() {
        return tokens.isNamedLike(token, "sqlite_")
                && (tokens.isNamed(token, "sqlite_schema")
                        || tokens.isNamed(token, "sqlite_master")
                        || tokens.isNamed(token, "sqlite_temp_schema")
                        || tokens.isNamed(token, "sqlite_temp_master"));
    }
}
