package net.quicsql.sql;

/**
 * Decides which semicolons end a statement, by the rule of {@code sqlite3_complete}: each of them, except that CREATE [TEMP
 * | TEMPORARY] TRIGGER, also behind EXPLAIN [QUERY PLAN], ends at {@code ; END ;}. One thread at a time.
 */
final class StatementBoundary {

    private enum State {
        START,
        EXPLAIN,
        CREATE,
        PLAIN,
        TRIGGER,
        TRIGGER_SEMICOLON,
        TRIGGER_END
    }

    private State state = State.START;

    /** Takes the statement's next token and says whether it is the semicolon that ends it. */
    boolean endsAt(Token token) {
        if (state == State.PLAIN) {
            return token == Token.SEMICOLON;
        }
        boolean ends = token == Token.SEMICOLON && state != State.TRIGGER && state != State.TRIGGER_SEMICOLON;
        state = after(token);
        return ends;
    }

    private State after(Token token) {
        return switch (state) {
            case START -> token == Token.EXPLAIN ? State.EXPLAIN : token == Token.CREATE ? State.CREATE : State.PLAIN;
            case EXPLAIN ->
                switch (token) {
                    case QUERY, PLAN -> State.EXPLAIN;
                    case CREATE -> State.CREATE;
                    default -> State.PLAIN;
                };
            case CREATE ->
                switch (token) {
                    case TEMP, TEMPORARY -> State.CREATE;
                    case TRIGGER -> State.TRIGGER;
                    default -> State.PLAIN;
                };
            case PLAIN -> State.PLAIN;
            case TRIGGER, TRIGGER_END -> token == Token.SEMICOLON ? State.TRIGGER_SEMICOLON : State.TRIGGER;
            case TRIGGER_SEMICOLON ->
                switch (token) {
                    case SEMICOLON -> State.TRIGGER_SEMICOLON;
                    case END -> State.TRIGGER_END;
                    default -> State.TRIGGER;
                };
        };
    }
}
