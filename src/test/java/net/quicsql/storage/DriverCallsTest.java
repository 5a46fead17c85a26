package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.execution.StatementRunner;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.RowDiscard;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlValue;
import net.quicsql.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * What running statements costs in calls into native code, exactly: each is some 30 ns with its lock, and a row of three
 * columns is hardly more than its calls. Raise a budget only for what a statement cannot do without.
 */
class DriverCallsTest {
    /** One step. */
    private static final long CALLS_PER_ROW = 1;
    /** Its type and its value. */
    private static final long CALLS_PER_CELL = 2;
    /** Of a NULL the type says all. */
    private static final long CALLS_PER_NULL = 1;
    /**
     * The number of parameters, one binding, the first step; the schema's version by a statement of our own (3); six for
     * the cells of three columns; the last step, the reset, the end of the binding.
     */
    private static final long CALLS_OF_POINT_SELECT = 15;
    /** The number of parameters, two bindings, the step, two resets, the changes; the last rowid (3); the end of the bindings. */
    private static final long CALLS_OF_INSERT = 11;

    private static final int FEW = 10;
    private static final int MANY = 1_000;

    @TempDir
    Path folder;

    private CountingCalls calls;
    private EngineConnection connection;
    private final StatementRunner runner = new StatementRunner(Duration.ofMinutes(1), System::nanoTime);

    @BeforeEach
    void open() throws SQLException {
        SQLiteConnection driver =
                (SQLiteConnection) DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("app.db"));
        ConnectionFactory.leaveTransactionsToTheEngine(driver);
        calls = new CountingCalls(driver.getDatabase());
        connection = new EngineConnection(
                driver,
                calls,
                ConnectionRole.WRITER,
                new DatabaseState(
                        () -> Client.PRESENT,
                        new ServerMetrics(new MetricRegistry()).forDatabase(new DatabaseName("app"))),
                new StatementCache(100, 100_000),
                new StatementClock(driver.getDatabase()),
                true);
        run("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, balance INTEGER, score REAL, data BLOB, empty)");
        connection.schemaChangedHere();
        run("WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series LIMIT " + MANY + ")"
                + " INSERT INTO t SELECT n, 'name ' || n, n * 3, n / 7.0, zeroblob(3), NULL FROM series");
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void aRowCostsAStepAndTwoCallsForEachCell() {
        assertThat(perRow("SELECT id FROM t LIMIT ?")).isEqualTo(CALLS_PER_ROW + CALLS_PER_CELL);
        assertThat(perRow("SELECT id, name, balance, score, data FROM t LIMIT ?"))
                .isEqualTo(CALLS_PER_ROW + 5 * CALLS_PER_CELL);
        assertThat(perRow("SELECT empty FROM t LIMIT ?")).isEqualTo(CALLS_PER_ROW + CALLS_PER_NULL);
    }

    @Test
    void aPointSelectStaysWithinItsCalls() {
        String select = "SELECT id, name, balance FROM t WHERE id = ?";
        run(select, new SqlValue.Integer(7));

        assertThat(callsOf(select, new SqlValue.Integer(8))).isEqualTo(CALLS_OF_POINT_SELECT);
    }

    @Test
    void anInsertStaysWithinItsCalls() {
        String insert = "INSERT INTO t(name, balance) VALUES(?, ?)";
        run(insert, new SqlValue.Text("first"), new SqlValue.Integer(1));

        assertThat(callsOf(insert, new SqlValue.Text("second"), new SqlValue.Integer(2)))
                .isEqualTo(CALLS_OF_INSERT);
    }

    /** Else it follows each statement without rows by a BEGIN and a COMMIT, which nothing here could count. */
    @Test
    void theDriverSendsNothingOfItsOwn() throws Exception {
        try (SQLiteConnection driver =
                (SQLiteConnection) DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("other.db"))) {
            ConnectionFactory.leaveTransactionsToTheEngine(driver);

            assertThat(driver.getAutoCommit()).isFalse();
            assertThat(driver.getDatabase()._exec("BEGIN"))
                    .as("no transaction is open")
                    .isZero();
        }
    }

    private double perRow(String selectWithLimit) {
        callsOf(selectWithLimit, new SqlValue.Integer(FEW));
        long few = callsOf(selectWithLimit, new SqlValue.Integer(FEW));
        long many = callsOf(selectWithLimit, new SqlValue.Integer(MANY));
        return (double) (many - few) / (MANY - FEW);
    }

    private long callsOf(String sql, SqlValue... arguments) {
        long before = calls.made;
        run(sql, arguments);
        return calls.made - before;
    }

    private void run(String sql, SqlValue... arguments) {
        Statement statement =
                new Statement(SqlScanner.scan(sql).statements().get(0), new Arguments(List.of(arguments), List.of()));
        runner.run(connection, statement, RowDiscard.INSTANCE);
    }

    /** Counts crossings into native code. */
    private static final class CountingCalls extends DriverCalls {
        private long made;

        CountingCalls(DB db) {
            super(db);
        }

        @Override
        boolean execute(JDBC4PreparedStatement prepared, @Nullable Object @Nullable [] arguments) throws SQLException {
            made += arguments == null ? 1 : 2 + arguments.length;
            boolean row = super.execute(prepared, arguments);
            // The driver resets what is done, and would begin and commit if it were told to.
            made += row ? 0 : 1;
            return row;
        }

        @Override
        int step(long statement) throws SQLException {
            made++;
            return super.step(statement);
        }

        @Override
        void reset(long statement) throws SQLException {
            made++;
            super.reset(statement);
        }

        @Override
        void clearBindings(long statement) throws SQLException {
            made++;
            super.clearBindings(statement);
        }

        @Override
        int columnCount(long statement) throws SQLException {
            made++;
            return super.columnCount(statement);
        }

        @Override
        @Nullable
        String columnName(long statement, int column) throws SQLException {
            made++;
            return super.columnName(statement, column);
        }

        @Override
        @Nullable
        String columnDeclaredType(long statement, int column) throws SQLException {
            made++;
            return super.columnDeclaredType(statement, column);
        }

        @Override
        int columnType(long statement, int column) throws SQLException {
            made++;
            return super.columnType(statement, column);
        }

        @Override
        long columnLong(long statement, int column) throws SQLException {
            made++;
            return super.columnLong(statement, column);
        }

        @Override
        double columnDouble(long statement, int column) throws SQLException {
            made++;
            return super.columnDouble(statement, column);
        }

        @Override
        byte @Nullable [] columnBytes(long statement, int column) throws SQLException {
            made++;
            return super.columnBytes(statement, column);
        }

        @Override
        @Nullable
        String columnText(long statement, int column) throws SQLException {
            made++;
            return super.columnText(statement, column);
        }

        @Override
        long changes() throws SQLException {
            made++;
            return super.changes();
        }

        @Override
        void run(String ownText) throws SQLException {
            made++;
            super.run(ownText);
        }

        @Override
        void limit(int which, int value) throws SQLException {
            made++;
            super.limit(which, value);
        }
    }
}
