package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.quicsql.client.Jdk;
import net.quicsql.client.PackedServer;
import net.quicsql.testing.Await;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power fails while clients write. Every write and sync of the server is written down by strace; the files are then
 * made anew as a disk may have them that lost power at one moment or another, and SQLite opens them. A killed process
 * proves nothing here: what it wrote is in the system's memory, synced or not.
 */
@Tag("fault")
final class PowerLossFaultTest {
    private static final int REPLAYS = Boolean.getBoolean("quicsql.soak") ? 1_000 : 60;
    private static final int WRITERS = 4;
    /** Enough for the log to be copied into the database while they write. */
    private static final int REQUESTS_IN_A_ROUND = 240;

    /** The number of the second row of a transaction that inserted two. */
    private static final int PARTNER = 1_000_000_000;

    private static final double[] LUCK = {0, 0.02, 0.5, 0.98, 1};

    @TempDir
    Path folder;

    private final AtomicInteger nextRow = new AtomicInteger();
    /** When each row was acknowledged, in microseconds since 1970. */
    private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();

    private long made;

    @Test
    void everyAcknowledgedRowSurvives() throws Exception {
        Disk disk = record("full", Restart.ONCE);
        List<Long> acknowledgements = new ArrayList<>(acknowledged.values());
        acknowledgements.sort(null);
        long last = acknowledgements.get(acknowledgements.size() - 1);
        assertThat(disk.writes("app.db", made, last))
                .as("writes into the database while clients wrote")
                .isPositive();

        int kept = 0;
        for (int replay = 0; replay < REPLAYS; replay++) {
            Random random = new Random(replay);
            Outcome outcome = fail(disk, moment(acknowledgements, random), replay, random);
            assertThat(outcome.missing).as("replay %s", replay).isEmpty();
            kept += outcome.present;
        }
        System.out.printf(
                "power loss: %d rows acknowledged, %d replays, %d rows found again%n",
                acknowledged.size(), REPLAYS, kept);
        assertThat(kept).isPositive();
    }

    @Test
    void withoutSyncsAtCommitAcknowledgedRowsAreLostButNothingIsTorn() throws Exception {
        Disk disk = record("normal", Restart.NEVER);
        List<Long> acknowledgements = new ArrayList<>(acknowledged.values());
        acknowledgements.sort(null);
        int lossy = 0;
        for (int replay = 0; replay < REPLAYS; replay++) {
            Random random = new Random(replay);
            Outcome outcome = fail(disk, moment(acknowledgements, random), replay, random);
            lossy += outcome.missing.isEmpty() ? 0 : 1;
        }
        System.out.printf("power loss with synchronous: normal: %d of %d replays lost rows%n", lossy, REPLAYS);
        // Else the replay has no teeth, and the other test says nothing.
        assertThat(lossy).isPositive();
    }

    /** What a failure of power left. */
    private record Outcome(int present, Set<Integer> missing) {}

    /** A moment right after an acknowledgement, or any one while the clients wrote, the restart between included. */
    private static long moment(List<Long> acknowledgements, Random random) {
        int some = random.nextInt(acknowledgements.size());
        long first = acknowledgements.get(0);
        long last = acknowledgements.get(acknowledgements.size() - 1);
        return random.nextBoolean()
                ? acknowledgements.get(some)
                : first + (long) (random.nextDouble() * (last - first));
    }

    /** Whether the server is stopped and started in order while it is watched, and written to again. */
    private enum Restart {
        NEVER,
        ONCE
    }

    /** Lets clients write and kills the server. */
    private Disk record(String synchronous, Restart restart) throws Exception {
        Path data = folder.resolve("data");
        Path log = folder.resolve("calls.log");
        List<Path> files =
                List.of(data, data.resolve("app.db"), data.resolve("app.db-wal"), data.resolve("app.db-journal"));
        Map<String, String> settings = Map.of("databases.app.synchronous", synchronous);
        try (PackedServer server =
                PackedServer.start(Jdk.running(), folder, settings, Strace.recorder(log, DiskTrace.CALLS, files))) {
            server.query("CREATE TABLE kept (row INTEGER PRIMARY KEY, filler TEXT)");
            server.query("CREATE INDEX kept_filler ON kept (substr(filler, 1, 40))");
            made = now();
            write(server);
            if (restart == Restart.ONCE) {
                server.stop();
                server.start();
                write(server);
            }
            long tracer = Strace.tracers(server.pid()).findFirst().orElseThrow();
            assertThat(tracer).as("strace watches").isPositive();
            server.kill();
            Await.until(() -> ProcessHandle.of(tracer).isEmpty());
        }
        return new Disk(data, DiskTrace.read(log));
    }

    private void write(PackedServer server) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                boolean inPairs = i % 2 == 1;
                writers.add(threads.submit(() -> {
                    for (int request = 0; request < REQUESTS_IN_A_ROUND / WRITERS; request++) {
                        writeOnce(server, inPairs);
                    }
                    return null;
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Even numbers are single rows, sent to one door; odd ones are pairs, sent as a transaction to the other. */
    private void writeOnce(PackedServer server, boolean inPairs) throws Exception {
        int row = 2 * nextRow.incrementAndGet() + (inPairs ? 1 : 0);
        HttpResponse<String> answer = inPairs
                ? server.post(
                        "/app/v3/pipeline",
                        PackedServer.TOKEN,
                        "{\"requests\":[" + execute("BEGIN IMMEDIATE") + "," + execute(insert(row)) + ","
                                + execute(insert(row + PARTNER)) + "," + execute("COMMIT") + ",{\"type\":\"close\"}]}")
                : server.post("/app/query", PackedServer.TOKEN, "{\"sql\":\"" + insert(row) + "\"}");
        long answered = now();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("error");
        acknowledged.put(row, answered);
        if (inPairs) {
            acknowledged.put(row + PARTNER, answered);
        }
    }

    private static boolean hasTable(Statement statement) throws SQLException {
        try (ResultSet table = statement.executeQuery("SELECT 1 FROM sqlite_schema WHERE name = 'kept'")) {
            return table.next();
        }
    }

    private static String insert(int row) {
        return "INSERT INTO kept VALUES (" + row + ", hex(randomblob(" + (row % 5 == 0 ? 9_000 : 700) + ")))";
    }

    private static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private Outcome fail(Disk disk, long moment, int replay, Random random) throws Exception {
        Path restored = Files.createDirectory(folder.resolve("replay" + replay));
        disk.restore(moment, LUCK[random.nextInt(LUCK.length)], random, restored);
        Set<Integer> rows = new HashSet<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + restored.resolve("app.db"));
                Statement statement = connection.createStatement()) {
            try (ResultSet check = statement.executeQuery("PRAGMA integrity_check")) {
                assertThat(check.getString(1)).as("replay %s", replay).isEqualTo("ok");
            }
            if (hasTable(statement)) {
                try (ResultSet all = statement.executeQuery("SELECT row FROM kept")) {
                    while (all.next()) {
                        rows.add(all.getInt(1));
                    }
                }
            }
        }
        for (int row : rows) {
            if (row % 2 == 1) {
                assertThat(rows)
                        .as("halves of transactions in replay %s", replay)
                        .contains(row > PARTNER ? row - PARTNER : row + PARTNER);
            }
        }
        Set<Integer> missing = new HashSet<>();
        acknowledged.forEach((row, when) -> {
            if (when <= moment && !rows.contains(row)) {
                missing.add(row);
            }
        });
        return new Outcome(rows.size(), missing);
    }
}
