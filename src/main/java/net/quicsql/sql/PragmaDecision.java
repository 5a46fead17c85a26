package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a PRAGMA. Immutable.
 *
 * @param action what to do
 * @param reason why it is refused, for the client; null exactly when action is not REFUSED
 * @param enabled the value that SESSION_FOREIGN_KEYS or DEFER_FOREIGN_KEYS sets; false for other actions
 * @param columns for the setters that SQLite never sees, the columns that they have there; empty for other actions
 * @param row the one row that an ANSWERED answers with, each value a Long or a String; empty for no row
 */
public record PragmaDecision(
        Action action, @Nullable String reason, boolean enabled, List<String> columns, List<Object> row) {

    /** The ways to treat a PRAGMA. */
    public enum Action {
        /** Only reads: it runs as it is, on any connection. */
        READ,
        /** Answered by us, in SQLite's form and without effect: SQLite never sees it. */
        ANSWERED,
        /** Sets whether foreign keys are enforced, for the client's session. */
        SESSION_FOREIGN_KEYS,
        /** Sets whether foreign keys are checked at the end; acts only in a transaction, on its own connection. */
        DEFER_FOREIGN_KEYS,
        /** Changes a number in the file: for whoever may write. */
        WRITE,
        /** Must not reach SQLite, not even to be prepared. */
        REFUSED
    }

    public PragmaDecision {
        requireNonNull(action, "action is null");
        columns = List.copyOf(columns);
        row = List.copyOf(row);
        if ((reason == null) == (action == Action.REFUSED)) {
            throw new IllegalArgumentException("a reason is given exactly when the pragma is refused");
        }
    }

    static PragmaDecision of(Action action) {
        return new PragmaDecision(action, null, false, List.of(), List.of());
    }

    static PragmaDecision setting(Action action, boolean enabled) {
        return new PragmaDecision(action, null, enabled, List.of(), List.of());
    }

    static PragmaDecision answering(String column, Object value) {
        return new PragmaDecision(Action.ANSWERED, null, false, List.of(column), List.of(value));
    }

    static PragmaDecision answering(List<String> columns, List<Object> row) {
        return new PragmaDecision(Action.ANSWERED, null, false, columns, row);
    }

    static PragmaDecision refused(String reason) {
        return new PragmaDecision(Action.REFUSED, reason, false, List.of(), List.of());
    }
}
