package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.DetachedReads;
import net.quicsql.engine.Stream;
import net.quicsql.engine.StreamEngine;
import net.quicsql.metrics.Operation;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/** The engine as the handlers see it. Thread-safe. */
record EngineStreams(StreamEngine engine) implements SqlStreams {
    EngineStreams {
        requireNonNull(engine, "engine is null");
    }

    @Override
    public void requireReadable(DatabaseName database, Principal principal) {
        engine.requireReadable(database, principal);
    }

    @Override
    public SqlStream open(DatabaseName database, Principal principal, @Nullable String baton) {
        return new EngineStream(
                baton == null ? engine.open(database, principal) : engine.resume(database, principal, baton));
    }

    @Override
    public SqlStatement statement(String sql) {
        return engine.statement(sql);
    }

    private static final class EngineStream implements SqlStream {
        private final Stream stream;
        private boolean closed;

        EngineStream(Stream stream) {
            this.stream = stream;
        }

        @Override
        public StatementResult execute(Statement statement, RowSink sink) {
            return stream.execute(statement, sink);
        }

        @Override
        public void sequence(String script) {
            stream.sequence(script);
        }

        @Override
        public Description describe(String sql) {
            return stream.describe(sql);
        }

        @Override
        public boolean isAutocommit() {
            return stream.isAutocommit();
        }

        @Override
        public void storeSql(int sqlId, String sql) {
            stream.storeSql(sqlId, sql);
        }

        @Override
        public String storedSql(int sqlId) {
            return stream.storedSql(sqlId);
        }

        @Override
        public void closeSql(int sqlId) {
            stream.closeSql(sqlId);
        }

        @Override
        public void close() {
            if (closed) {
                throw new Problem.Refused(ProblemCode.STREAM_CLOSED, "the stream was closed by an earlier request")
                        .toException();
            }
            closed = true;
            stream.close();
        }

        @Override
        public @Nullable String release() {
            return stream.release();
        }

        @Override
        public void finished(Operation operation, long nanos) {
            stream.metrics().operation(operation).finished(nanos);
        }

        @Override
        public boolean canDetach(List<SqlStatement> statements) {
            return stream.canDetach(statements);
        }

        @Override
        public SqlReads detach() {
            return new EngineReads(stream.detach());
        }
    }

    private record EngineReads(DetachedReads reads) implements SqlReads {
        @Override
        public String baton() {
            return reads.baton();
        }

        @Override
        public StatementResult execute(Statement statement, RowSink sink) {
            return reads.execute(statement, sink);
        }

        @Override
        public void pauseClock() {
            reads.pauseClock();
        }

        @Override
        public void resumeClock() {
            reads.resumeClock();
        }

        @Override
        public void close() {
            reads.close();
        }
    }
}
