package net.quicsql.sql;

import org.jspecify.annotations.Nullable;

/**
 * What a statement did, besides its rows. Immutable.
 *
 * @param changes rows inserted, updated or deleted by the statement itself; 0 for any statement that is no INSERT,
 *     REPLACE, UPDATE or DELETE
 * @param lastInsertRowid the rowid of the last row inserted; null unless the statement inserted one
 */
public record StatementResult(long changes, @Nullable Long lastInsertRowid) {
    public static final StatementResult NOTHING = new StatementResult(0, null);
}
