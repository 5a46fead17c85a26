package net.quicsql.hrana;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.metrics.Operation;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.RowSink.Demand;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Streams without a database. {@code ROWS n} gives n rows, {@code BEGIN} and {@code COMMIT} turn autocommit, {@code FAIL}
 * fails after its columns, {@code CRASH} throws what no engine should; {@code BAD} cannot be read.
 */
final class FakeStreams implements SqlStreams {
    final List<String> log = new ArrayList<>();
    boolean detachable;

    @Nullable
    Problem refusal;

    @Override
    public void requireReadable(DatabaseName database, Principal principal) {}

    @Override
    public SqlStream open(DatabaseName database, Principal principal, @Nullable String baton) {
        if (refusal != null) {
            throw refusal.toException();
        }
        log.add("open " + database + " " + baton);
        return new FakeStream();
    }

    @Override
    public SqlStatement statement(String sql) {
        if (sql.equals("BAD")) {
            throw problem(ProblemCode.SQL_NO_STATEMENT, "no statement").toException();
        }
        return SqlScanner.scan(sql).statements().get(0);
    }

    private static Problem problem(ProblemCode code, String message) {
        return new Problem.Refused(code, message);
    }

    private final class FakeStream implements SqlStream {
        final List<Operation> finished = new ArrayList<>();
        private final Map<Integer, String> stored = new HashMap<>();
        private boolean autocommit = true;
        private boolean closed;

        @Override
        public void finished(Operation operation, long nanos) {
            finished.add(operation);
        }

        @Override
        public StatementResult execute(Statement statement, RowSink sink) {
            requireOpen();
            String sql = statement.sql().text();
            log.add(sql);
            if (sql.equals("BEGIN") || sql.equals("COMMIT")) {
                autocommit = sql.equals("COMMIT");
            }
            return FakeStreams.execute(sql, sink);
        }

        @Override
        public void sequence(String script) {
            requireOpen();
            log.add("sequence " + script);
        }

        @Override
        public Description describe(String sql) {
            requireOpen();
            return new Description(statement(sql).parameters(), List.of(), false, true);
        }

        @Override
        public boolean isAutocommit() {
            requireOpen();
            return autocommit;
        }

        @Override
        public void storeSql(int sqlId, String sql) {
            requireOpen();
            if (stored.putIfAbsent(sqlId, sql) != null) {
                throw problem(ProblemCode.SQL_STORE_DUPLICATE, "in use").toException();
            }
        }

        @Override
        public String storedSql(int sqlId) {
            requireOpen();
            String sql = stored.get(sqlId);
            if (sql == null) {
                throw problem(ProblemCode.SQL_STORE_NOT_FOUND, "unknown").toException();
            }
            return sql;
        }

        @Override
        public void closeSql(int sqlId) {
            requireOpen();
            stored.remove(sqlId);
        }

        @Override
        public void close() {
            requireOpen();
            closed = true;
        }

        @Override
        public @Nullable String release() {
            log.add("release");
            return closed ? null : "next";
        }

        @Override
        public boolean canDetach(List<SqlStatement> statements) {
            return detachable;
        }

        @Override
        public SqlReads detach() {
            log.add("detach");
            return new FakeReads();
        }

        private void requireOpen() {
            if (closed) {
                throw problem(ProblemCode.STREAM_CLOSED, "closed").toException();
            }
        }
    }

    private final class FakeReads implements SqlReads {
        @Override
        public void pauseClock() {}

        @Override
        public void resumeClock() {}

        @Override
        public String baton() {
            return "detached";
        }

        @Override
        public StatementResult execute(Statement statement, RowSink sink) {
            log.add(statement.sql().text());
            return FakeStreams.execute(statement.sql().text(), sink);
        }

        @Override
        public void close() {
            log.add("close reads");
        }
    }

    private static StatementResult execute(String sql, RowSink sink) {
        if (sql.equals("CRASH")) {
            throw new IllegalStateException("driver text that nobody may see");
        }
        if (sql.equals("FAIL")) {
            sink.columns(List.of(new Column("a", null)));
            throw new Problem.SqlFailed(ProblemCode.SQL_FAILED, 1, 1, "SQLITE_ERROR", "failed").toException();
        }
        if (!sql.startsWith("ROWS ")) {
            sink.columns(List.of());
            return StatementResult.NOTHING;
        }
        sink.columns(List.of(new Column("a", null)));
        int rows = Integer.parseInt(sql.substring("ROWS ".length()));
        Demand demand = Demand.MORE;
        for (int i = 0; i < rows && demand == Demand.MORE; i++) {
            sink.beginRow();
            sink.integerCell(i);
            demand = sink.endRow();
        }
        return StatementResult.NOTHING;
    }
}
