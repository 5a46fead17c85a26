package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What a stream's client carries from one request to the next. Immutable.
 *
 * @param generation grows by one with each answer of the stream
 * @param issuedAtSeconds seconds since 1970
 * @param database name of the stream's database
 * @param principal name of the stream's owner
 * @param transactionOpen whether a transaction may have been open when this left
 * @param temporaryState whether the stream had temporary objects when this left
 * @param foreignKeys the stream's own choice; null where it is the database's
 * @param lastInsertRowid the stream's; null where it has inserted nothing
 * @param abort why the stream is aborted; null where it is not
 */
public record Baton(
        SessionId id,
        long generation,
        long issuedAtSeconds,
        String database,
        String principal,
        boolean transactionOpen,
        boolean temporaryState,
        @Nullable Boolean foreignKeys,
        @Nullable Long lastInsertRowid,
        @Nullable Abort abort) {
    public Baton {
        requireNonNull(id, "id is null");
        requireNonNull(database, "database is null");
        requireNonNull(principal, "principal is null");
    }
}
