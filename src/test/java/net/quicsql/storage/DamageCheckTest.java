package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageCheckTest {
    private static final long ENOUGH_NANOS = 10_000_000_000L;
    private static final int PAGE_BYTES = 4096;
    private static final StorageConfig NOT_AT_OPEN =
            new StorageConfig(2, 16, 1 << 20, 0, 1 << 20, 2 << 20, OpenCheck.OFF);
    private static final StorageConfig REPORT =
            new StorageConfig(2, 16, 1 << 20, 0, 1 << 20, 2 << 20, OpenCheck.REPORT);

    @TempDir
    Path folder;

    @Test
    void findsNothingInASoundFile() throws Exception {
        make(folder.resolve("app.db"));
        try (StorageFixture storage = new StorageFixture(folder, Map.of(), NOT_AT_OPEN);
                EngineConnection connection = storage.app().factory().open(ConnectionRole.READER)) {
            for (DamageCheck.Finding finding : new DamageCheck.Finding[] {
                DamageCheck.all(connection, ENOUGH_NANOS), DamageCheck.byTable(connection, ENOUGH_NANOS)
            }) {
                assertThat(finding.damage()).isEmpty();
                assertThat(finding.finished()).isTrue();
            }
        }
    }

    @Test
    void findsAZeroedPageAsAWholeAndTableByTable() throws Exception {
        make(folder.resolve("app.db"));
        zero(folder.resolve("app.db"));
        try (StorageFixture storage = new StorageFixture(folder, Map.of(), NOT_AT_OPEN);
                EngineConnection connection = storage.app().factory().open(ConnectionRole.READER)) {
            for (DamageCheck.Finding finding : new DamageCheck.Finding[] {
                DamageCheck.all(connection, ENOUGH_NANOS), DamageCheck.byTable(connection, ENOUGH_NANOS)
            }) {
                assertThat(finding.finished()).isTrue();
                assertThat(finding.damage()).map(Problem::code).contains(ProblemCode.SQL_CORRUPT);
                assertThat(finding.damage().orElseThrow().message()).startsWith("the database file is damaged: ");
            }
        }
    }

    @Test
    void servesADamagedFileWhereOnlyToldToReport() throws Exception {
        make(folder.resolve("app.db"));
        zero(folder.resolve("app.db"));
        try (StorageFixture storage = new StorageFixture(folder, Map.of(), REPORT)) {
            assertThat(StorageFixture.read(storage.app(), "SELECT a FROM \"it's one\""))
                    .isNotEmpty();
            assertThat(storage.app().problem()).map(Problem::code).contains(ProblemCode.SQL_CORRUPT);
        }
    }

    /** The second table's rows have overflow pages up to the end of the file. */
    private static void make(Path file) throws Exception {
        StorageFixture.outside(
                file,
                "CREATE TABLE \"it's one\" AS SELECT 1 AS a",
                "CREATE TABLE two(a, b)",
                "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c WHERE x < 50)"
                        + " INSERT INTO two SELECT x, randomblob(20000) FROM c");
    }

    private static void zero(Path file) throws Exception {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            assertThat(open.length()).isGreaterThan(100 * PAGE_BYTES);
            open.seek(50 * PAGE_BYTES);
            open.write(new byte[3 * PAGE_BYTES]);
        }
    }
}
