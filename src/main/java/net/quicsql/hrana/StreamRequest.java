package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

/** One request to a stream (Hrana 3, "Requests"). Immutable. */
public sealed interface StreamRequest {

    /** Which of the requests this is. */
    enum Kind {
        EXECUTE,
        BATCH,
        SEQUENCE,
        DESCRIBE,
        STORE_SQL,
        CLOSE_SQL,
        GET_AUTOCOMMIT,
        CLOSE
    }

    Kind kind();

    /** Runs one statement. */
    record Execute(Stmt stmt) implements StreamRequest {
        public Execute {
            requireNonNull(stmt, "stmt is null");
        }

        @Override
        public Kind kind() {
            return Kind.EXECUTE;
        }
    }

    /** Runs a batch. */
    record ExecuteBatch(Batch batch) implements StreamRequest {
        public ExecuteBatch {
            requireNonNull(batch, "batch is null");
        }

        @Override
        public Kind kind() {
            return Kind.BATCH;
        }
    }

    /** Runs a script and drops its rows. */
    record Sequence(SqlText text) implements StreamRequest {
        public Sequence {
            requireNonNull(text, "text is null");
        }

        @Override
        public Kind kind() {
            return Kind.SEQUENCE;
        }
    }

    /** Asks what a statement is, without running it. */
    record Describe(SqlText text) implements StreamRequest {
        public Describe {
            requireNonNull(text, "text is null");
        }

        @Override
        public Kind kind() {
            return Kind.DESCRIBE;
        }
    }

    /** Keeps a text on the stream. */
    record StoreSql(int sqlId, String sql) implements StreamRequest {
        public StoreSql {
            requireNonNull(sql, "sql is null");
        }

        @Override
        public Kind kind() {
            return Kind.STORE_SQL;
        }
    }

    /** Forgets a text kept on the stream. */
    record CloseSql(int sqlId) implements StreamRequest {
        @Override
        public Kind kind() {
            return Kind.CLOSE_SQL;
        }
    }

    /** Asks whether the stream is outside any transaction. */
    record GetAutocommit() implements StreamRequest {
        @Override
        public Kind kind() {
            return Kind.GET_AUTOCOMMIT;
        }
    }

    /** Ends the stream. */
    record Close() implements StreamRequest {
        @Override
        public Kind kind() {
            return Kind.CLOSE;
        }
    }
}
