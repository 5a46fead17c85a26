package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.quicsql.sql.Column;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineStatementTest {
    @TempDir
    Path folder;

    private StorageFixture storage;
    private EngineConnection connection;

    @BeforeEach
    void open() {
        storage = new StorageFixture(folder);
        connection = storage.app().lease(ConnectionRole.WRITER);
    }

    @AfterEach
    void close() throws Exception {
        storage.app().giveBackLease(connection);
        storage.close();
    }

    @Test
    void noticesThatAnotherProcessHasChangedTheSchema() throws Exception {
        StorageFixture.run(connection, "CREATE TABLE t(a)");
        StorageFixture.run(connection, "INSERT INTO t VALUES(1)");
        assertThat(StorageFixture.run(connection, "SELECT * FROM t")).containsExactly(List.of(1L));

        StorageFixture.outside(
                folder.resolve("app.db"),
                "ALTER TABLE t ADD COLUMN b DEFAULT 2",
                "ALTER TABLE t RENAME COLUMN a TO renamed");

        assertThat(StorageFixture.run(connection, "SELECT * FROM t")).containsExactly(List.of(1L, 2L));
        EngineStatement statement = connection.prepare("SELECT * FROM t");
        assertThat(statement.columns()).extracting(Column::name).containsExactly("renamed", "b");
        StorageFixture.outside(folder.resolve("app.db"), "ALTER TABLE t DROP COLUMN b", "DELETE FROM t");
        assertThat(statement.start(new Object[0])).isFalse();
        assertThat(statement.columns()).extracting(Column::name).containsExactly("renamed");
        connection.done(statement);
    }

    @Test
    void pushesEachTypeAsItIs() {
        assertThat(row("SELECT 1, -9223372036854775808, 1.5, 'é', x'00ff', NULL"))
                .isEqualTo(Arrays.asList(1L, Long.MIN_VALUE, 1.5, "text c3a9", "blob 00ff", null));
    }

    @Test
    void bindsEachTypeAsItIs() {
        assertThat(StorageFixture.run(
                                connection,
                                "SELECT ?1, ?2, ?3, ?4, ?5, typeof(?1) || typeof(?2) || typeof(?3) || typeof(?4) || typeof(?5)",
                                Long.MAX_VALUE,
                                -0.0,
                                "é\ud83d\ude00",
                                new byte[] {0, -1},
                                null)
                        .get(0))
                .isEqualTo(Arrays.asList(
                        Long.MAX_VALUE, -0.0, "text c3a9f09f9880", "blob 00ff", null, text("integerrealtextblobnull")));
    }

    @Test
    void tellsEmptyTextFromEmptyBlobFromNull() {
        assertThat(row("SELECT '', x'', zeroblob(0), NULL")).isEqualTo(Arrays.asList("text ", "blob ", "blob ", null));
        assertThat(StorageFixture.run(
                                connection,
                                "SELECT ?1, ?2, ?3, typeof(?1), typeof(?2), typeof(?3)",
                                "",
                                new byte[0],
                                null)
                        .get(0))
                .isEqualTo(Arrays.asList("text ", "blob ", null, text("text"), text("blob"), text("null")));
    }

    @Test
    void keepsNulInText() {
        assertThat(row("SELECT 'a' || char(0) || 'b'")).containsExactly("text 610062");
        assertThat(StorageFixture.run(connection, "SELECT ?1, length(?1), hex(?1)", "a\0b")
                        .get(0))
                .containsExactly("text 610062", 1L, text("610062"));
    }

    @Test
    void handsOutBytesThatAreNotUtf8() {
        assertThat(row("SELECT CAST(x'ff4180' AS TEXT)")).containsExactly("text ff4180");
    }

    @Test
    void readsAUtf16Database() throws Exception {
        StorageFixture.outside(
                folder.resolve("wide.db"),
                "PRAGMA encoding='UTF-16le'",
                "CREATE TABLE größe(höhe TEXT)",
                "INSERT INTO größe VALUES('é😀'), (''), (NULL), ('a' || char(0) || 'b')");
        Database wide = storage.database("wide").open();

        assertThat(StorageFixture.read(wide, "SELECT höhe FROM größe"))
                .isEqualTo(Arrays.asList(
                        List.of("text c3a9f09f9880"),
                        List.of("text "),
                        Arrays.asList((Object) null),
                        List.of("text 610062")));
        assertThat(StorageFixture.write(wide, "SELECT count(*) FROM größe WHERE höhe = ?", "é😀"))
                .containsExactly(List.of(1L));
    }

    @Test
    void hasNoColumnsWhereThereAreNoRows() {
        EngineStatement statement = connection.prepare("CREATE TABLE t(a)");
        assertThat(statement.columnCount()).isZero();
        assertThat(statement.start(new Object[0])).isFalse();
        assertThat(statement.columns()).isEmpty();
        connection.done(statement);
    }

    @Test
    void tellsNamesAndDeclaredTypes() {
        StorageFixture.run(connection, "CREATE TABLE t(a VARCHAR(10), b, \"c d\" INTEGER)");
        EngineStatement statement = connection.prepare("SELECT a, b, \"c d\", a AS x, 1 + 1 FROM t");
        assertThat(statement.columns())
                .containsExactly(
                        new Column("a", "VARCHAR(10)"),
                        new Column("b", null),
                        new Column("c d", "INTEGER"),
                        new Column("x", "VARCHAR(10)"),
                        new Column("1 + 1", null));
        connection.done(statement);
    }

    @Test
    void seesNewColumnsAfterTheSchemaChanged() {
        StorageFixture.run(connection, "CREATE TABLE t(a)");
        assertThat(StorageFixture.run(connection, "SELECT * FROM t")).isEmpty();
        StorageFixture.write(storage.app(), "ALTER TABLE t ADD COLUMN b DEFAULT 7");
        StorageFixture.write(storage.app(), "INSERT INTO t(a) VALUES(1)");

        EngineStatement statement = connection.prepare("SELECT * FROM t");
        assertThat(statement.start(new Object[0])).isTrue();
        assertThat(statement.columns()).extracting(Column::name).containsExactly("a", "b");
        connection.done(statement);
        assertThat(StorageFixture.run(connection, "SELECT * FROM t")).containsExactly(List.of(1L, 7L));
    }

    @Test
    void knowsWhetherATransactionIsOpen() {
        StorageFixture.run(connection, "CREATE TABLE t(a)");
        assertThat(connection.isAutocommit()).isTrue();
        connection.begin();
        assertThat(connection.isAutocommit()).isFalse();
        StorageFixture.run(connection, "INSERT INTO t VALUES(1)");
        assertThat(connection.isAutocommit()).isFalse();
        connection.rollback();
        assertThat(connection.isAutocommit()).isTrue();
        assertThat(StorageFixture.run(connection, "SELECT * FROM t")).isEmpty();
        connection.rollback();
        assertThat(connection.isTainted()).isFalse();
    }

    @Test
    void primesTheLastRowid() {
        StorageFixture.run(connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)");
        for (long rowid : new long[] {0, 1, -5, Long.MAX_VALUE, Long.MIN_VALUE}) {
            connection.primeLastInsertRowid(rowid);
            assertThat(connection.lastInsertRowid()).isEqualTo(rowid);
        }
        StorageFixture.run(connection, "INSERT INTO t VALUES(7, 'x')");
        assertThat(connection.lastInsertRowid()).isEqualTo(7);
        connection.primeLastInsertRowid(3);
        StorageFixture.run(connection, "INSERT INTO t VALUES(8, 'x') ON CONFLICT(v) DO UPDATE SET v = 'y'");
        assertThat(connection.lastInsertRowid()).isEqualTo(3);
    }

    private List<Object> row(String sql) {
        return StorageFixture.run(connection, sql).get(0);
    }

    private static String text(String ascii) {
        return "text " + HexFormat.of().formatHex(ascii.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
