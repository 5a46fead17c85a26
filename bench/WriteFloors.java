import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.LoggerFactory;

/**
 * The floors that writes over HTTP are measured against, each on one thread and with the same kind of disk: what the disk
 * alone can do, and what SQLite in process can do with the same table, the same row and the same durability.
 *
 * <p>Run by {@code bench/run}: {@code java -cp quicsql.jar:CLASSES WriteFloors FOLDER}. It reads lines {@code FLOOR
 * MILLISECONDS} and answers each with a line of JSON, so that one warm process serves all rounds; it ends with its input.
 */
public final class WriteFloors {
    /** Whatever the time, so that a fast disk is not filled. */
    private static final int MOST = 500_000;

    private static final int BLOCK = 4096;
    private static final int GROUP = 16;
    private static final int ACCOUNTS = 1_000;

    private final Path folder;
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement savepoint;
    private final PreparedStatement release;
    private final PreparedStatement take;
    private final PreparedStatement give;
    private int number;

    private WriteFloors(Path folder) throws SQLException {
        this.folder = folder;
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("floor.db"));
        try (Statement setUp = connection.createStatement()) {
            setUp.execute("PRAGMA journal_mode=WAL");
            setUp.execute("PRAGMA synchronous=FULL");
            setUp.execute("PRAGMA foreign_keys=ON");
            setUp.execute("CREATE TABLE events(id INTEGER PRIMARY KEY, at TEXT, kind TEXT, payload TEXT)");
            setUp.execute(
                    "CREATE TABLE accounts(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, given INTEGER NOT NULL)");
            setUp.execute("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < " + ACCOUNTS
                    + ") INSERT INTO accounts SELECT i, 1000, 0 FROM n");
        }
        this.insert = connection.prepareStatement(Event.INSERT);
        this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
        this.commit = connection.prepareStatement("COMMIT");
        this.savepoint = connection.prepareStatement("SAVEPOINT member");
        this.release = connection.prepareStatement("RELEASE member");
        this.take = connection.prepareStatement(
                "UPDATE accounts SET balance = balance - 1, given = given + 1 WHERE id = ?1");
        this.give = connection.prepareStatement("UPDATE accounts SET balance = balance + 1 WHERE id = ?1");
    }

    public static void main(String[] arguments) throws Exception {
        // The class path has a logger that writes everything, to where the answers go, unless it is told not to.
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        WriteFloors floors = new WriteFloors(Path.of(arguments[0]));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            System.out.println(floors.measure(words[0], Long.parseLong(words[1]) * 1_000_000));
        }
    }

    private String measure(String floor, long nanos) throws Exception {
        switch (floor) {
            case "append":
                return append(nanos);
            case "lone":
                return repeat(this::insertOne, 1, nanos);
            case "groups":
                return repeat(this::insertGroup, GROUP, nanos);
            case "transfer":
                return repeat(this::transfer, 1, nanos);
            default:
                throw new IllegalArgumentException(floor);
        }
    }

    private String append(long nanos) throws Exception {
        Path file = folder.resolve("append.bin");
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        while (block.hasRemaining()) {
            block.put((byte) block.position());
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            return repeat(
                    () -> {
                        channel.write(block.rewind());
                        channel.force(false);
                    },
                    1,
                    nanos);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void insertOne() throws SQLException {
        Event event = Event.number(number++);
        insert.setString(1, event.at());
        insert.setString(2, event.kind());
        insert.setString(3, event.payload());
        insert.executeUpdate();
    }

    private void insertGroup() throws SQLException {
        begin.execute();
        for (int i = 0; i < GROUP; i++) {
            savepoint.execute();
            insertOne();
            release.execute();
        }
        commit.execute();
    }

    private void transfer() throws SQLException {
        int account = number++ % ACCOUNTS;
        begin.execute();
        take.setInt(1, account + 1);
        take.executeUpdate();
        give.setInt(1, (account + ACCOUNTS / 2) % ACCOUNTS + 1);
        give.executeUpdate();
        commit.execute();
    }

    private static String repeat(Step step, int units, long nanos) throws Exception {
        Waits waits = new Waits();
        long began = System.nanoTime();
        long now = began;
        while (now - began < nanos && waits.count() < MOST) {
            step.run();
            long after = System.nanoTime();
            waits.add(after - now);
            now = after;
        }
        return "{" + waits.json(units, now - began) + "}";
    }

    /** What is measured. */
    private interface Step {
        void run() throws Exception;
    }
}
