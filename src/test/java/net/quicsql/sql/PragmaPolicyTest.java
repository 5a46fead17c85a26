package net.quicsql.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.quicsql.sql.PragmaDecision.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

class PragmaPolicyTest {

    private static final List<String> LOOKUPS = List.of(
            "foreign_key_check(t)",
            "foreign_key_check",
            "foreign_key_list(t)",
            "index_info('i')",
            "index_list=t",
            "index_xinfo(i)",
            "integrity_check(1)",
            "integrity_check",
            "quick_check(t)",
            "main.table_info(\"t\")",
            "temp.table_info(t)",
            "table_info(missing)",
            "table_list(t)",
            "table_list",
            "table_xinfo = t");

    private static final List<String> GETTERS = List.of(
            "analysis_limit",
            "application_id",
            "auto_vacuum",
            "automatic_index",
            "busy_timeout",
            "cache_size",
            "cache_spill",
            "cell_size_check",
            "collation_list",
            "compile_options",
            "data_version",
            "database_list",
            "defer_foreign_keys",
            "encoding",
            "foreign_keys",
            "freelist_count",
            "function_list",
            "hard_heap_limit",
            "ignore_check_constraints",
            "journal_mode",
            "journal_size_limit",
            "legacy_alter_table",
            "locking_mode",
            "max_page_count",
            "mmap_size",
            "module_list",
            "page_count",
            "page_size",
            "pragma_list",
            "query_only",
            "read_uncommitted",
            "recursive_triggers",
            "reverse_unordered_selects",
            "schema_version",
            "secure_delete",
            "soft_heap_limit",
            "synchronous",
            "temp_store",
            "threads",
            "trusted_schema",
            "user_version",
            "wal_autocheckpoint",
            "writable_schema");

    private static final List<String> IGNORED = List.of(
            "busy_timeout=5000",
            "busy_timeout(0x10)",
            "busy_timeout=-5",
            "busy_timeout='soon'",
            "busy_timeout=99999999999",
            "journal_mode=WAL",
            "journal_mode('wal')",
            "main.journal_mode=wal",
            "synchronous=NORMAL",
            "synchronous=2",
            "cache_size=-64000",
            "temp_store=MEMORY",
            "mmap_size=0",
            "read_uncommitted=true",
            "cache_spill=off",
            "threads=0",
            "automatic_index=0",
            "journal_size_limit=67108864",
            "journal_size_limit=99999999999",
            "encoding=\"UTF-8\"",
            "cell_size_check=on",
            "legacy_alter_table=OFF",
            "trusted_schema=0");

    @TempDir
    private Path directory;

    private static PragmaDecision decide(String pragma) {
        return PragmaPolicy.decide(
                SqlScanner.scan("PRAGMA " + pragma).statements().get(0).pragma());
    }

    private Path database() throws SQLException {
        Path file = directory.resolve("test.db");
        try (Connection connection = open(file, false);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=wal");
            statement.executeUpdate("CREATE TABLE t(a INTEGER PRIMARY KEY, b REFERENCES t);"
                    + "CREATE INDEX i ON t(b); INSERT INTO t VALUES(1, 1), (2, 1)");
        }
        return file;
    }

    private static Connection open(Path file, boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    private static List<List<Object>> rows(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            List<List<Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    Object value = result.getObject(i);
                    row.add(value instanceof Number number ? number.longValue() : String.valueOf(value));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    @Test
    void allowsReadsThatNeitherFailNorTouchTheFile() throws SQLException, IOException {
        Path file = database();
        byte[] before = Files.readAllBytes(file);
        List<String> reads = new ArrayList<>(LOOKUPS);
        reads.addAll(GETTERS);
        try (Connection connection = open(file, true)) {
            for (String pragma : reads) {
                assertThat(decide(pragma)).as(pragma).isEqualTo(PragmaDecision.of(Action.READ));
                rows(connection, "PRAGMA " + pragma);
                rows(connection, "EXPLAIN PRAGMA " + pragma);
            }
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void allowsReadsThatLeaveAWritersSettingsAlone() throws SQLException {
        try (Connection connection = open(database(), false)) {
            Map<String, List<List<Object>>> before = settings(connection);
            for (String pragma : LOOKUPS) {
                rows(connection, "PRAGMA " + pragma);
            }
            assertThat(settings(connection)).isEqualTo(before);
        }
    }

    private static Map<String, List<List<Object>>> settings(Connection connection) throws SQLException {
        Map<String, List<List<Object>>> settings = new LinkedHashMap<>();
        for (String pragma : GETTERS) {
            // The lists grow with what is used: a table-valued function adds its module.
            if (!pragma.endsWith("_list")) {
                settings.put(pragma, rows(connection, "PRAGMA " + pragma));
            }
        }
        return settings;
    }

    @Test
    void answersIgnoredSettersAsSqliteWould() throws SQLException {
        try (Connection connection = open(database(), false);
                Statement statement = connection.createStatement()) {
            for (String pragma : IGNORED) {
                PragmaDecision decision = decide(pragma);
                assertThat(decision.action()).as(pragma).isEqualTo(Action.IGNORED_SETTER);
                List<String> columns = new ArrayList<>();
                List<Object> row = List.of();
                if (statement.execute("PRAGMA " + pragma)) {
                    ResultSetMetaData metaData = statement.getResultSet().getMetaData();
                    assertThat(metaData.getColumnCount()).isOne();
                    columns.add(metaData.getColumnName(1));
                    row = rows(connection, "PRAGMA " + pragma).get(0);
                }
                assertThat(decision.columns()).as(pragma).isEqualTo(columns);
                assertThat(decision.row()).as(pragma).isEqualTo(row);
            }
        }
    }

    @Test
    void answersThatNothingIsMappedAndNoThreadHelps() {
        assertThat(decide("mmap_size=268435456")).isEqualTo(PragmaDecision.answering("mmap_size", 0L));
        assertThat(decide("threads=4")).isEqualTo(PragmaDecision.answering("threads", 0L));
    }

    @Test
    void parsesTheForeignKeySwitches() {
        for (String on : List.of("ON", "1", "'true'", "Yes")) {
            assertThat(decide("foreign_keys=" + on))
                    .isEqualTo(PragmaDecision.setting(Action.SESSION_FOREIGN_KEYS, true));
            assertThat(decide("defer_foreign_keys(" + on + ")"))
                    .isEqualTo(PragmaDecision.setting(Action.DEFER_FOREIGN_KEYS, true));
        }
        for (String off : List.of("off", "0", "FALSE", "\"no\"")) {
            assertThat(decide("main.foreign_keys=" + off))
                    .isEqualTo(PragmaDecision.setting(Action.SESSION_FOREIGN_KEYS, false));
        }
        for (String unclear : List.of("maybe", "2", "-1", "256", "''")) {
            assertThat(decide("foreign_keys=" + unclear).action()).isEqualTo(Action.REFUSED);
        }
    }

    @Test
    void describesSettersThatSqliteNeverSees() throws SQLException {
        try (Connection connection = open(database(), false);
                Statement statement = connection.createStatement()) {
            for (String pragma :
                    List.of("foreign_keys=on", "defer_foreign_keys=on", "user_version=5", "application_id(-7)")) {
                assertThat(statement.execute("PRAGMA " + pragma)).as(pragma).isFalse();
                assertThat(decide(pragma).columns()).isEmpty();
                assertThat(decide(pragma).row()).isEmpty();
            }
        }
    }

    @Test
    void letsWritersSetTheNumbersInTheFile() {
        assertThat(decide("user_version=5").action()).isEqualTo(Action.WRITE);
        assertThat(decide("main.application_id(5)").action()).isEqualTo(Action.WRITE);
        assertThat(decide("temp.user_version=5").action()).isEqualTo(Action.REFUSED);
    }

    @Test
    void refusesEverythingElseWithAReason() {
        for (String pragma : List.of(
                "optimize",
                "optimize(0xfffe)",
                "wal_checkpoint",
                "wal_checkpoint(TRUNCATE)",
                "incremental_vacuum",
                "shrink_memory",
                "writable_schema=1",
                "temp_store_directory",
                "temp_store_directory='/'",
                "data_store_directory",
                "hard_heap_limit=1",
                "soft_heap_limit=1",
                "locking_mode=EXCLUSIVE",
                "query_only=0",
                "trusted_schema=ON",
                "legacy_alter_table=ON",
                "cell_size_check=OFF",
                "encoding='UTF-16'",
                "max_page_count=1",
                "wal_autocheckpoint=1",
                "secure_delete=1",
                "recursive_triggers=1",
                "ignore_check_constraints=1",
                "reverse_unordered_selects=1",
                "case_sensitive_like=1",
                "case_sensitive_like",
                "schema_version=1",
                "page_size=512",
                "auto_vacuum=1",
                "journal_mode=DELETE",
                "journal_mode=''",
                "fullfsync=1",
                "user_version=5 x",
                "other.table_info(t)",
                "unknown",
                "")) {
            PragmaDecision decision = decide(pragma);
            assertThat(decision.action()).as(pragma).isEqualTo(Action.REFUSED);
            assertThat(decision.reason()).as(pragma).isNotBlank();
        }
    }

    @Test
    void allowsOnlyPragmaFunctionsThatRead() {
        assertThat(PragmaPolicy.pragmaFunctionAllowed("pragma_table_info")).isTrue();
        assertThat(PragmaPolicy.pragmaFunctionAllowed("Pragma_Database_List")).isTrue();
        for (String name : List.of(
                "pragma_optimize",
                "pragma_wal_checkpoint",
                "pragma_temp_store_directory",
                "table_info",
                "pragma_",
                "x")) {
            assertThat(PragmaPolicy.pragmaFunctionAllowed(name)).as(name).isFalse();
        }
    }

    @Test
    void allowsNoPragmaFunctionThatSetsItsArgument() throws SQLException {
        try (Connection connection = open(database(), false)) {
            Map<String, List<List<Object>>> before = settings(connection);
            for (String pragma : GETTERS) {
                assertThat(PragmaPolicy.pragmaFunctionAllowed("pragma_" + pragma))
                        .isTrue();
                // Whatever SQLite takes the argument for, a schema at most, it sets nothing.
                assertThatThrownBy(() -> rows(connection, "SELECT * FROM pragma_" + pragma + "(1)"))
                        .as(pragma)
                        .isInstanceOf(SQLException.class);
            }
            assertThat(settings(connection)).isEqualTo(before);
        }
    }

    @Test
    void refusesMalformedPragmasThatSqliteActsOnBeforeItComplains() throws SQLException {
        try (Connection connection = open(database(), false)) {
            String malformed = "PRAGMA foreign_keys = 0 nonsense";
            rows(connection, "SELECT 1");
            assertThatThrownBy(() -> connection.prepareStatement("PRAGMA foreign_keys = 1 nonsense"))
                    .hasMessageContaining("syntax error");
            assertThat(rows(connection, "PRAGMA foreign_keys")).containsExactly(List.of(1L));
            assertThat(PragmaPolicy.decide(SqlScanner.scan(malformed)
                                    .statements()
                                    .get(0)
                                    .pragma())
                            .action())
                    .isEqualTo(Action.REFUSED);
        }
    }
}
