package net.quicsql.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;

/** Compares what the scanner says of random texts with what SQLite does with them. The seeds are fixed. */
class SqlScannerDifferentialTest {

    private static final int TEXTS = 4_000;
    private static final int SCRIPTS = 150;
    /** Fewer valid texts than this and the generator no longer tests anything. */
    private static final int ENOUGH = TEXTS / 4;

    private static final String SCHEMA = "CREATE TABLE t(a, \"b;\", [end], é, \"q\"\"?\", \"changes\")";

    private static final String[] SPACES = {
        " ",
        " ",
        " ",
        "\n",
        "\t\f\r",
        "/**/",
        "/* ; ? */",
        "/*'*/",
        "--\n",
        "-- ; ' ? \n",
        " \uFEFF",
        " \u000b ",
        "/***/"
    };

    private static final String[] OPERANDS = {
        "?",
        "?",
        "?2",
        "?1",
        "?007",
        ":a",
        ":b",
        "@a",
        "$a",
        "#a",
        ":a::b",
        "$a::b(c;d)",
        "$a()",
        ":1",
        "$é",
        "1",
        "1e5",
        "1.5e-3",
        ".5",
        "1.",
        "0x1F",
        "1_000",
        "x'00'",
        "X''",
        "'a'",
        "';'",
        "'it''s ?'",
        "'-- '",
        "'/*'",
        "a",
        "\"b;\"",
        "[b;]",
        "`b;`",
        "[end]",
        "é",
        "\"q\"\"?\"",
        "`changes`",
        "changes()",
        "replace('a', ?, 'b')",
        "(SELECT ?)",
        "(SELECT 1 ; )",
        "CASE a WHEN ? THEN 1 ELSE ';' END",
        "CAST(? AS TEXT)",
        "\"dqs ; ?\""
    };

    private static final String[] OPERATORS = {
        "+",
        "-",
        "||",
        "->",
        "->>",
        "<>",
        "!=",
        "<<",
        ">>",
        "=",
        "==",
        "<=",
        ">=",
        "*",
        "/",
        "%",
        "&",
        "|",
        ",",
        ",",
        " AND ",
        " IS NOT "
    };

    private static final String[] JUNK = {
        ";",
        ";",
        ";",
        "'",
        "\"",
        "`",
        "[",
        "]",
        "/*",
        "*/",
        "--",
        "\n",
        "\\",
        "\u000b",
        "\uFEFF",
        "x'",
        "X'0'",
        "$",
        ":",
        "::",
        "?",
        "#1",
        "?0",
        "?40000",
        "(",
        ")",
        "é",
        "1e",
        "0x",
        "_",
        "!",
        "{",
        "\u0001",
        "\u007f",
        "\u0085",
        "\u00a0",
        "\uD83D\uDE00",
        "; SELECT ?",
        ";;SELECT 2;",
        "; END ;",
        "; garbage",
        ".",
        "e5",
        "CREATE TRIGGER "
    };

    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        ((SQLiteConnection) connection).setLimit(SQLiteLimits.SQLITE_LIMIT_VARIABLE_NUMBER, Parameters.MAX_NUMBER);
        try (Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void countsParametersAsSqliteDoes() {
        Random random = new Random(1);
        int prepared = 0;
        for (int i = 0; i < TEXTS; i++) {
            String sql = text(random);
            List<SqlStatement> statements = SqlScanner.scan(sql).statements();
            if (!statements.isEmpty()) {
                int count = prepare(sql);
                if (count >= 0) {
                    prepared++;
                    assertThat(statements.get(0).parameters().count()).as(sql).isEqualTo(count);
                    assertThat(prepare(statements.get(0).text())).as(sql).isEqualTo(count);
                }
            }
        }
        assertThat(prepared).isGreaterThan(ENOUGH);
    }

    @Test
    void endsTheFirstStatementWhereSqliteDoes() {
        Random random = new Random(2);
        int withTail = 0;
        for (int i = 0; i < TEXTS; i++) {
            String sql = text(random) + ";" + text(random);
            if (SqlScanner.scan(sql).statements().isEmpty() || prepare(sql) < 0) {
                continue;
            }
            int semicolon = firstSemicolonThatSqliteSees(sql);
            List<String> expected = new ArrayList<>();
            if (semicolon < 0) {
                expected.addAll(texts(sql));
                assertThat(expected).as(sql).hasSize(1);
            } else {
                withTail++;
                expected.addAll(texts(sql.substring(0, semicolon)));
                assertThat(expected).as(sql).hasSize(1);
                expected.addAll(texts(sql.substring(semicolon + 1)));
            }
            assertThat(texts(sql)).as(sql).isEqualTo(expected);
        }
        assertThat(withTail).isGreaterThan(ENOUGH);
    }

    @Test
    void stepsOverWhatSqliteTakesForNothing() {
        Random random = new Random(3);
        for (int i = 0; i < TEXTS / 4; i++) {
            StringBuilder sql = new StringBuilder();
            for (int j = random.nextInt(6); j >= 0; j--) {
                sql.append(random.nextInt(4) == 0 ? ";" : pick(random, SPACES));
            }
            String nothing = sql.toString().replace("\u000b", "");
            assertThat(SqlScanner.scan(nothing).statements()).as(nothing).isEmpty();
            assertThat(prepare(nothing + "\nSELECT ?")).as(nothing).isOne();
        }
    }

    @Test
    void splitsScriptsAsSqliteRunsThem() throws SQLException {
        Random random = new Random(4);
        for (int i = 0; i < SCRIPTS; i++) {
            String script = script(random);
            List<String> split = dumpAfter((connection, statement) -> {
                for (String text : texts(script)) {
                    try (PreparedStatement single = connection.prepareStatement(text)) {
                        single.execute(); // Runs the first statement only, whatever follows it.
                    }
                }
            });
            List<String> whole = dumpAfter((connection, statement) -> statement.executeUpdate(script));
            assertThat(split).as(script).isEqualTo(whole);
        }
    }

    private static List<String> texts(String sql) {
        return SqlScanner.scan(sql).statements().stream()
                .map(SqlStatement::text)
                .toList();
    }

    /** The number of parameters, or -1 when SQLite refuses the text. */
    private int prepare(String sql) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.getParameterMetaData().getParameterCount();
        } catch (SQLException refused) {
            return -1;
        }
    }

    /**
     * Where SQLite takes a semicolon for the end of the first statement. Up to there the text is valid, and not so with a
     * parenthesis added, unless that falls into a comment, where the semicolon is too.
     */
    private int firstSemicolonThatSqliteSees(String sql) {
        for (int i = sql.indexOf(';'); i >= 0; i = sql.indexOf(';', i + 1)) {
            String before = sql.substring(0, i);
            if (!SqlScanner.scan(before).statements().isEmpty() && prepare(before) >= 0 && prepare(before + " )") < 0) {
                return i;
            }
        }
        return -1;
    }

    private static String text(Random random) {
        StringBuilder sql = new StringBuilder();
        switch (random.nextInt(12)) {
            case 0 ->
                sql.append("CREATE TEMP TRIGGER x AFTER UPDATE OF [end] ON t BEGIN SELECT ")
                        .append(expression(random).replaceAll("[?@#$:]", "1+"))
                        .append("; UPDATE t SET a = CASE a WHEN 1 THEN ';' END; END");
            case 1 ->
                sql.append("INSERT INTO t(a, \"b;\") SELECT ")
                        .append(expression(random))
                        .append(", 2 RETURNING ?");
            case 2 ->
                sql.append("WITH c AS (SELECT ").append(expression(random)).append(") SELECT *, ? FROM c, t");
            case 3 ->
                sql.append("EXPLAIN DELETE FROM t WHERE ")
                        .append(expression(random).replace(',', '+'));
            default ->
                sql.append(random.nextInt(3) == 0 ? ";" : "")
                        .append("SELECT ")
                        .append(expression(random))
                        .append(" FROM t");
        }
        if (random.nextInt(3) == 0) {
            sql.insert(random.nextInt(sql.length() + 1), pick(random, JUNK));
        }
        return pick(random, SPACES) + sql + pick(random, SPACES);
    }

    private static String expression(Random random) {
        StringBuilder sql = new StringBuilder(pick(random, OPERANDS));
        for (int i = random.nextInt(5); i > 0; i--) {
            sql.append(pick(random, SPACES))
                    .append(pick(random, OPERATORS))
                    .append(pick(random, SPACES))
                    .append(pick(random, OPERANDS));
        }
        return sql.toString();
    }

    private static String script(Random random) {
        StringBuilder script = new StringBuilder(SCHEMA + ";CREATE TABLE u(a);");
        for (int i = 3 + random.nextInt(10); i > 0; i--) {
            int n = random.nextInt(4);
            script.append(pick(random, SPACES))
                    .append(
                            switch (random.nextInt(9)) {
                                case 0 ->
                                    "CREATE TRIGGER IF NOT EXISTS x" + n + " AFTER INSERT ON t BEGIN"
                                            + " INSERT INTO u SELECT CASE new.a WHEN 1 THEN ';' ELSE '; END ;' END;"
                                            + pick(random, SPACES) + "UPDATE t SET [end] = 'end;' WHERE a = new.a; END";
                                case 1 ->
                                    "CREATE" + pick(random, SPACES) + "TEMP TRIGGER IF NOT EXISTS y" + n
                                            + " DELETE ON t BEGIN SELECT 1; DELETE FROM u WHERE a = ';'; END"
                                            + pick(random, SPACES);
                                case 2 -> "DROP TRIGGER IF EXISTS x" + n;
                                case 3 -> "DELETE FROM t WHERE a = " + n + "/* ; */";
                                case 4 -> "UPDATE t SET \"b;\" = '; '';' || a, é = [b;] -- ; it's\n";
                                case 5 -> "CREATE VIEW IF NOT EXISTS v" + n + " AS SELECT a AS \"end;\", ';' FROM t";
                                case 6 -> "EXPLAIN CREATE TRIGGER z AFTER INSERT ON t BEGIN DELETE FROM t; END";
                                case 7 -> random.nextInt(6) == 0 ? "SELECT missing" : "SELECT `b;` FROM t; ;";
                                default -> "INSERT INTO t(a, é) VALUES(" + n + ", 'x;'), (1, \";\")";
                            })
                    .append(";");
        }
        return script.toString().replace("\u000b", "");
    }

    private interface Work {
        void on(Connection connection, Statement statement) throws SQLException;
    }

    /** Does some work until it fails, and answers everything that is then in the database. */
    private static List<String> dumpAfter(Work work) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement()) {
            try {
                work.on(connection, statement);
            } catch (SQLException failed) {
                // What ran before it counts.
            }
            List<String> dump = new ArrayList<>();
            for (String query : List.of(
                    "SELECT name || sql FROM sqlite_schema ORDER BY 1",
                    "SELECT name || sql FROM sqlite_temp_schema ORDER BY 1",
                    "SELECT rowid || quote(a) || quote(\"b;\") || quote(é) || quote([end]) FROM t",
                    "SELECT rowid || quote(a) FROM u")) {
                try (ResultSet result = statement.executeQuery(query)) {
                    while (result.next()) {
                        dump.add(result.getString(1));
                    }
                }
            }
            return dump;
        }
    }

    private static String pick(Random random, String[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
