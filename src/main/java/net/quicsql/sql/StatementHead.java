package net.quicsql.sql;

import org.jspecify.annotations.Nullable;

/**
 * What stands behind a statement's verb.
 *
 * @param mode of a BEGIN
 * @param savepointName of SAVEPOINT, RELEASE and ROLLBACK TO, unquoted
 * @param pragma of a well-formed PRAGMA
 * @param traits {@link Trait} bits of the object that is changed
 */
record StatementHead(
        TransactionMode mode,
        boolean rollbackTo,
        @Nullable String savepointName,
        @Nullable PragmaCall pragma,
        int traits) {

    static final StatementHead NONE = new StatementHead(TransactionMode.UNSPECIFIED, false, null, null, 0);

    static StatementHead of(TransactionMode mode) {
        return mode == TransactionMode.UNSPECIFIED ? NONE : new StatementHead(mode, false, null, null, 0);
    }

    static StatementHead savepoint(@Nullable String name) {
        return new StatementHead(TransactionMode.UNSPECIFIED, false, name, null, 0);
    }

    static StatementHead toSavepoint(@Nullable String name) {
        return new StatementHead(TransactionMode.UNSPECIFIED, true, name, null, 0);
    }

    static StatementHead of(@Nullable PragmaCall pragma) {
        return new StatementHead(TransactionMode.UNSPECIFIED, false, null, pragma, 0);
    }

    static StatementHead traits(int traits) {
        return traits == 0 ? NONE : new StatementHead(TransactionMode.UNSPECIFIED, false, null, null, traits);
    }
}
