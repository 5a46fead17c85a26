package net.quicsql.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.quicsql.access.DatabaseName;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.testing.Await;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseManagerTest {
    private static final StorageConfig STORAGE = StorageConfig.defaults();
    private static final DatabaseConfig PLAIN = DatabaseConfig.defaults();

    @TempDir
    Path folder;

    @Test
    void makesConfiguredDatabasesAndOpensOthersAtTheirFirstUse() throws Exception {
        StorageFixture.outside(folder.resolve("found.db"), "CREATE TABLE t AS SELECT 1 AS a");
        try (StorageFixture storage = new StorageFixture(folder)) {
            assertThat(folder.resolve("app.db")).exists();
            assertThat(names(storage)).containsExactly("app", "found");
            assertThat(storage.database("app").isOpen()).isTrue();
            assertThat(storage.database("found").isOpen()).isFalse();
            assertThat(StorageFixture.read(storage.database("found").open(), "SELECT a FROM t"))
                    .containsExactly(List.of(1L));
            assertThat(storage.database("found").isOpen()).isTrue();
        }
    }

    @Test
    void findsAFileThatAppearsLater() throws Exception {
        try (StorageFixture storage = new StorageFixture(folder)) {
            DatabaseName late = new DatabaseName("late");
            assertThat(storage.databases().find(late)).isEmpty();
            assertThat(folder.resolve("late.db")).doesNotExist();

            StorageFixture.outside(folder.resolve("late.db"), "CREATE TABLE t(a)");
            assertThat(storage.databases().find(late)).isPresent();
        }
    }

    @Test
    void servesTheOthersWhereFilesAreNoDatabases() throws Exception {
        Files.createDirectory(folder.resolve("directory.db"));
        Files.writeString(folder.resolve("text.db"), "Dear diary, this is no database at all.\n".repeat(100));
        Files.writeString(folder.resolve("short.db"), "SQLite format 3\0".substring(0, 10));
        Files.writeString(folder.resolve("header.db"), "SQLite format 3\0");
        garbledHeader(folder.resolve("garbled.db"));
        truncated(folder.resolve("truncated.db"));
        StorageFixture.outside(folder.resolve("target"), "CREATE TABLE t(a)");
        Files.createSymbolicLink(folder.resolve("symlink.db"), folder.resolve("target"));
        Files.createSymbolicLink(folder.resolve("dangling.db"), folder.resolve("nowhere"));

        try (StorageFixture storage = new StorageFixture(folder)) {
            refuses(storage, "directory", ProblemCode.SQL_IO_FAILED, "the database file is not a regular file");
            refuses(storage, "text", ProblemCode.SQL_CORRUPT, "file is not a database");
            refuses(storage, "short", ProblemCode.SQL_CORRUPT, "file is not a database");
            refuses(storage, "header", ProblemCode.SQL_CORRUPT, "file is not a database");
            refuses(storage, "garbled", ProblemCode.SQL_CORRUPT, null);
            refuses(storage, "truncated", ProblemCode.SQL_CORRUPT, "database disk image is malformed");
            refuses(storage, "symlink", ProblemCode.SQL_IO_FAILED, "symbolic link");
            refuses(storage, "dangling", ProblemCode.SQL_IO_FAILED, "symbolic link");

            assertThat(folder.resolve("nowhere")).doesNotExist();
            assertThat(StorageFixture.write(storage.app(), "CREATE TABLE t(a)")).isEmpty();
            assertThat(storage.app().problem()).isEmpty();
        }
        assertThat(Files.readString(folder.resolve("text.db"))).startsWith("Dear diary");
    }

    @Test
    void startsThoughAConfiguredDatabaseCannotBeOpened() throws Exception {
        Files.writeString(folder.resolve("bad.db"), "nonsense, and more of it");
        Map<String, DatabaseConfig> configured = Map.of(
                "bad", PLAIN, "app", PLAIN, "far", config("file", null, null).file("no/such/folder/far.db"));
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            assertThat(storage.database("bad").problem().map(Problem::message)).contains("file is not a database");
            assertThat(storage.database("far").problem()).hasValueSatisfying(problem -> {
                assertThat(problem.code()).isEqualTo(ProblemCode.SQL_IO_FAILED);
                assertThat(problem.message())
                        .isEqualTo("unable to open database file")
                        .doesNotContain(folder.toString());
            });
            assertThat(StorageFixture.read(storage.app(), "SELECT 1")).containsExactly(List.of(1L));
        }
    }

    @Test
    void servesAnEmptyFileAsAnEmptyDatabase() throws Exception {
        Files.createFile(folder.resolve("empty.db"));
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database empty = storage.database("empty").open();
            StorageFixture.write(empty, "CREATE TABLE t(a)");
            assertThat(StorageFixture.read(empty, "SELECT count(*) FROM t")).containsExactly(List.of(0L));
        }
    }

    @Test
    void servesAFileThatWasMended() throws Exception {
        Path file = folder.resolve("app.db");
        Files.writeString(file, "nonsense, and more of it");
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database database = storage.database("app");
            assertThat(database.problem()).isPresent();

            Files.delete(file);
            StorageFixture.outside(file, "CREATE TABLE t AS SELECT 5 AS a");
            Await.until(() -> {
                database.tryAgain();
                return database.problem().isEmpty();
            });
            assertThat(StorageFixture.read(database.open(), "SELECT a FROM t")).containsExactly(List.of(5L));
        }
    }

    @Test
    void refusesASecondNameForAnOpenFile() throws Exception {
        try (StorageFixture storage = new StorageFixture(folder)) {
            StorageFixture.write(storage.app(), "CREATE TABLE t(a)");
            Files.createLink(folder.resolve("second.db"), folder.resolve("app.db"));

            refuses(
                    storage,
                    "second",
                    ProblemCode.SQL_IO_FAILED,
                    "the database file is open as database 'app' already");
            StorageFixture.write(storage.app(), "INSERT INTO t VALUES(1)");
            assertThat(StorageFixture.read(storage.app(), "SELECT * FROM t")).containsExactly(List.of(1L));
        }
    }

    @Test
    void refusesTwoConfiguredNamesForOneFile() throws Exception {
        Map<String, DatabaseConfig> configured =
                Map.of("app", PLAIN, "same", config("file", null, null).file("app.db"));
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            refuses(storage, "same", ProblemCode.SQL_IO_FAILED, "the database file is open as database 'app' already");
        }
    }

    @Test
    void servesOneOfTwoNamesThatDifferInCaseOnly() throws Exception {
        StorageFixture.outside(folder.resolve("Two.db"), "CREATE TABLE t(a)");
        StorageFixture.outside(folder.resolve("two.db"), "CREATE TABLE t(a)");
        StorageFixture.outside(folder.resolve("APP.db"), "CREATE TABLE t(a)");
        try (StorageFixture storage = new StorageFixture(folder)) {
            assertThat(storage.databases().find(new DatabaseName("Two"))).isPresent();
            assertThat(storage.databases().find(new DatabaseName("two"))).isEmpty();
            assertThat(storage.databases().find(new DatabaseName("APP"))).isEmpty();
            assertThat(storage.databases().find(new DatabaseName("app"))).isPresent();
            assertThat(names(storage)).containsExactly("Two", "app");
        }
    }

    @Test
    void ignoresFilesWhoseNamesNoDatabaseCanHave() throws Exception {
        for (String name : new String[] {"query.db", "_meta.db", "app.sqlite", ".db", "a b.db"}) {
            StorageFixture.outside(folder.resolve(name), "CREATE TABLE t(a)");
        }
        try (StorageFixture storage = new StorageFixture(folder)) {
            assertThat(names(storage)).containsExactly("app");
        }
    }

    @Test
    void changesNothingInModeRo() throws Exception {
        Path file = folder.resolve("app.db");
        StorageFixture.outside(file, "CREATE TABLE t AS SELECT 1 AS a");
        byte[] before = Files.readAllBytes(file);
        Map<String, DatabaseConfig> configured =
                Map.of("app", config("file", "ro", null).build());
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            Database database = storage.app();
            assertThat(StorageFixture.read(database, "SELECT a FROM t")).containsExactly(List.of(1L));
            assertThat(database.lease(ConnectionRole.WRITER).role()).isEqualTo(ConnectionRole.READER);
            failsWith(ProblemCode.SQL_READ_ONLY, () -> StorageFixture.write(database, "INSERT INTO t VALUES(2)"));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void makesNoFileInModeRo() throws Exception {
        Map<String, DatabaseConfig> configured =
                Map.of("app", config("file", "ro", null).build());
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            refuses(storage, "app", ProblemCode.SQL_IO_FAILED, "unable to open database file");
            assertThat(folder.resolve("app.db")).doesNotExist();
        }
    }

    @Test
    void keepsTheJournalModeWhereItIsTold() throws Exception {
        StorageFixture.outside(folder.resolve("app.db"), "CREATE TABLE t(a)");
        Map<String, DatabaseConfig> configured =
                Map.of("app", config("file", null, "keep").build());
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            StorageFixture.write(storage.app(), "INSERT INTO t VALUES(1)");
            assertThat(StorageFixture.write(storage.app(), "PRAGMA journal_mode"))
                    .containsExactly(
                            List.of("text " + java.util.HexFormat.of().formatHex("delete".getBytes(US_ASCII))));
            assertThat(folder.resolve("app.db-wal")).doesNotExist();
        }
    }

    @Test
    void keepsDatabasesInMemoryOutOfTheDataDirectory() throws Exception {
        Map<String, DatabaseConfig> configured =
                Map.of("app", config("memory", null, null).build());
        Path privateFolder;
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            StorageFixture.write(storage.app(), "CREATE TABLE t(a)");
            assertThat(StorageFixture.read(storage.app(), "SELECT count(*) FROM t"))
                    .containsExactly(List.of(0L));
            assertThat(folder.resolve("app.db")).doesNotExist();
            privateFolder = privateFolder(folder);
            assertThat(privateFolder.resolve("app.db")).exists();
            assertThat(StorageFixture.write(storage.app(), "PRAGMA synchronous"))
                    .containsExactly(List.of(0L));
        }
        assertThat(privateFolder).doesNotExist();

        // What a killed server leaves behind is gone at the next start.
        Files.createDirectories(privateFolder);
        StorageFixture.outside(privateFolder.resolve("app.db"), "CREATE TABLE t(a)");
        Files.writeString(privateFolder.resolve("left"), "x");
        try (StorageFixture storage = new StorageFixture(folder, configured, STORAGE)) {
            assertThat(StorageFixture.read(storage.app(), "SELECT count(*) FROM sqlite_schema"))
                    .containsExactly(List.of(0L));
            assertThat(privateFolder.resolve("left")).doesNotExist();
        }
        assertThat(privateFolder).doesNotExist();
    }

    @Test
    void leavesOneFilePerDatabaseAtTheStop() throws Exception {
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database database = storage.app();
            StorageFixture.write(database, "CREATE TABLE t(a)");
            StorageFixture.write(database, "INSERT INTO t VALUES(1)");
            StorageFixture.read(database, "SELECT * FROM t");
            database.giveBackLease(database.lease(ConnectionRole.WRITER));
            database.giveBackLease(database.lease(ConnectionRole.READER));
            assertThat(folder.resolve("app.db-wal")).exists();
            assertThat(database.openConnections()).isGreaterThanOrEqualTo(3);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("app.db", "quicsql.lock");
        }
        try (StorageFixture again = new StorageFixture(folder)) {
            assertThat(StorageFixture.read(again.app(), "SELECT a FROM t")).containsExactly(List.of(1L));
        }
    }

    @Test
    void leavesTheWriterToItsUserUntilTheTurnIsOver() throws Exception {
        StorageFixture storage = new StorageFixture(folder);
        Database database = storage.app();
        CompletableFuture<Void> stop;
        try (WriterTurn turn = database.writerTurn("test", "a test")) {
            EngineConnection writer = database.writer();
            stop = CompletableFuture.runAsync(() -> closeQuietly(storage));
            Await.until(writer::isStopping);
            assertThat(database.isOpen()).isTrue();
            assertThat(writer.isAutocommit()).isTrue();
        }
        stop.get(20, TimeUnit.SECONDS);
        assertThat(database.openConnections()).isZero();
    }

    private static void closeQuietly(StorageFixture storage) {
        try {
            storage.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void refusesWorkAfterTheStop() throws Exception {
        Database database;
        try (StorageFixture storage = new StorageFixture(folder)) {
            database = storage.app();
        }
        failsWith(ProblemCode.DATABASE_CLOSED, database::open);
        failsWith(ProblemCode.DATABASE_CLOSED, database::writer);
        failsWith(ProblemCode.DATABASE_CLOSED, () -> database.lease(ConnectionRole.READER));
        failsWith(ProblemCode.DATABASE_CLOSED, database::borrowReader);
    }

    @Test
    void copiesTheLogBackOnceItHasGrown() throws Exception {
        Path file = folder.resolve("app.db");
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database database = storage.app();
            StorageFixture.write(database, "CREATE TABLE t(a)");
            long before = Files.size(file);
            while (database.walBytes() < CheckpointPolicy.COPY_BYTES) {
                StorageFixture.write(database, "INSERT INTO t VALUES(zeroblob(1000000))");
            }
            Await.until(() -> Files.size(file) > before + CheckpointPolicy.COPY_BYTES / 2);
        }
    }

    @Test
    void closesTheConnectionsThatAClientChanged() throws Exception {
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database database = storage.app();
            EngineConnection lent = database.lease(ConnectionRole.WRITER);
            database.giveBackLease(lent);
            assertThat(database.lease(ConnectionRole.WRITER)).isSameAs(lent);
            lent.taint();
            database.giveBackLease(lent);
            EngineConnection next = database.lease(ConnectionRole.WRITER);
            assertThat(next).isNotSameAs(lent);
            database.giveBackLease(next);
        }
    }

    @Test
    void refusesToWriteToAFileThatIsNotInItsPlace() throws Exception {
        Path file = folder.resolve("app.db");
        Path elsewhere = folder.resolve("elsewhere");
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database database = storage.app();
            StorageFixture.write(database, "CREATE TABLE t AS SELECT 1 AS a");
            EngineConnection reader = database.borrowReader();
            StorageFixture.run(reader, "SELECT a FROM t");
            Files.move(file, elsewhere);
            for (int i = 0; i < 2; i++) {
                failsWith(ProblemCode.SQL_IO_FAILED, () -> StorageFixture.write(database, "INSERT INTO t VALUES(2)"));
                failsWith(ProblemCode.SQL_IO_FAILED, database::borrowReader);
                assertThat(database.problem().map(Problem::wireCode)).contains("SQLITE_READONLY_DBMOVED");
                assertThat(StorageFixture.run(reader, "SELECT a FROM t")).containsExactly(List.of(1L));
                if (i == 0) {
                    // Another file in its place is another database.
                    Files.createFile(file);
                }
            }
            database.giveBackReader(reader);
            Files.move(elsewhere, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            // A look at the files in between has let go of it.
            Await.until(() -> {
                database.tryAgain();
                return database.problem().isEmpty();
            });
            StorageFixture.write(database, "INSERT INTO t VALUES(3)");
            assertThat(StorageFixture.read(database, "SELECT a FROM t")).containsExactly(List.of(1L), List.of(3L));
            assertThat(database.problem()).isEmpty();
        }
    }

    @Test
    void replacesAWriterWhoseStateIsInDoubt() throws Exception {
        try (StorageFixture storage = new StorageFixture(folder)) {
            Database database = storage.app();
            EngineConnection first = database.writer();
            assertThat(database.writer()).isSameAs(first);
            first.taint();
            assertThat(database.writer()).isNotSameAs(first);
            StorageFixture.write(database, "CREATE TABLE t(a)");
            assertThat(database.openConnections()).isEqualTo(1);
        }
    }

    private void refuses(
            StorageFixture storage, String name, ProblemCode code, @org.jspecify.annotations.Nullable String message) {
        Database database = storage.database(name);
        failsWith(code, database::open);
        assertThat(database.isOpen()).isFalse();
        assertThat(database.problem())
                .hasValueSatisfying(problem -> assertThat(problem.message())
                        .contains(message == null ? "" : message)
                        .doesNotContain(folder.toString()));
    }

    private static void failsWith(ProblemCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).as(e.getMessage()).isEqualTo(code));
    }

    private static List<String> names(StorageFixture storage) {
        return storage.databases().known().stream()
                .map(database -> database.name().value())
                .toList();
    }

    private static void garbledHeader(Path file) throws Exception {
        StorageFixture.outside(file, "CREATE TABLE t(a)");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 16, 40, (byte) 0xff);
        Files.write(file, bytes);
    }

    private static void truncated(Path file) throws Exception {
        StorageFixture.outside(file, "PRAGMA page_size=512");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            many.append("CREATE TABLE t").append(i).append("(a);");
        }
        StorageFixture.outside(file, many.toString().split(";"));
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 512));
    }

    private static Path privateFolder(Path data) throws IOException {
        try (Stream<Path> all = Stream.concat(
                Files.exists(Path.of("/dev/shm")) ? Files.list(Path.of("/dev/shm")) : Stream.empty(),
                Files.list(Path.of(System.getProperty("java.io.tmpdir"))))) {
            String name = "quicsql-"
                    + java.util.UUID.nameUUIDFromBytes(
                            data.toAbsolutePath().toString().getBytes());
            return all.filter(path -> path.getFileName().toString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Config config(
            String kind,
            @org.jspecify.annotations.Nullable String mode,
            @org.jspecify.annotations.Nullable String journal) {
        return new Config(kind, mode, journal);
    }

    private record Config(
            String kind,
            @org.jspecify.annotations.Nullable String mode,
            @org.jspecify.annotations.Nullable String journal) {
        DatabaseConfig build() {
            return DatabaseConfig.of(kind, null, mode, journal, null, null, null);
        }

        DatabaseConfig file(String file) {
            return DatabaseConfig.of(kind, file, mode, journal, null, null, null);
        }
    }
}
