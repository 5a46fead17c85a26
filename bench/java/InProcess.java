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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import org.slf4j.LoggerFactory;

/**
 * The floors without HTTP, each on one thread: what the disk alone can do, what SQLite in process can do with the same table,
 * the same row and the same durability on the same kind of disk, and how fast it reads the very tables that the server reads.
 *
 * <p>Run by {@code bench/run}: {@code java -cp quicsql.jar:CLASSES InProcess FOLDER DATABASE ROWS}, with the server's database
 * and the rows of its table bench_users. It reads lines {@code FLOOR MILLISECONDS} and answers each with a line of JSON, so that
 * one warm process serves all rounds; it ends with its input.
 */
public final class InProcess {
    /** Whatever the time, so that a fast disk is not filled. */
    private static final int MOST = 500_000;

    private static final int BLOCK = 4096;
    private static final int ACCOUNTS = Template.ACCOUNTS;
    private static final int READINGS = 100_000;

    private final Path folder;
    private final int rows;
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement savepoint;
    private final PreparedStatement release;
    private final PreparedStatement take;
    private final PreparedStatement give;
    private final PreparedStatement point;
    private final PreparedStatement readings;
    private final SplittableRandom random = new SplittableRandom(1);
    private int number;
    /** What was read, so that no read is left out for being of no use. */
    private long seen;

    private InProcess(Path folder, Path database, int rows) throws SQLException {
        this.folder = folder;
        this.rows = rows;
        Connection reader = DriverManager.getConnection("jdbc:sqlite:" + database);
        this.point = reader.prepareStatement("SELECT id, name, balance FROM bench_users WHERE id = ?1");
        this.readings = reader.prepareStatement("SELECT id, place, value, quality, note FROM bench_readings");
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("floor.db"));
        try (Statement setUp = connection.createStatement()) {
            setUp.execute("PRAGMA journal_mode=WAL");
            setUp.execute("PRAGMA synchronous=FULL");
            setUp.execute("PRAGMA foreign_keys=ON");
            setUp.execute("CREATE TABLE bench_events(id INTEGER PRIMARY KEY, at TEXT, kind TEXT, payload TEXT)");
            setUp.execute(
                    "CREATE TABLE bench_accounts(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, given INTEGER NOT NULL)");
            setUp.execute("WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < " + ACCOUNTS
                    + ") INSERT INTO bench_accounts SELECT i, 1000, 0 FROM n");
        }
        this.insert = connection.prepareStatement(Event.INSERT);
        this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
        this.commit = connection.prepareStatement("COMMIT");
        this.savepoint = connection.prepareStatement("SAVEPOINT member");
        this.release = connection.prepareStatement("RELEASE member");
        this.take = connection.prepareStatement(
                "UPDATE bench_accounts SET balance = balance - 1, given = given + 1 WHERE id = ?1");
        this.give = connection.prepareStatement("UPDATE bench_accounts SET balance = balance + 1 WHERE id = ?1");
    }

    public static void main(String[] arguments) throws Exception {
        // The class path has a logger that writes everything, to where the answers go, unless it is told not to.
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        InProcess floors =
                new InProcess(Path.of(arguments[0]), Path.of(arguments[1]), Integer.parseInt(arguments[2]));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            System.out.println(floors.measure(words[0], Long.parseLong(words[1]) * 1_000_000));
        }
    }

    private String measure(String floor, long nanos) throws Exception {
        return switch (floor) {
            case "append" -> append(nanos);
            case "lone" -> repeat(this::insertOne, 1, nanos);
            case "groups16" -> repeat(() -> insertGroup(16), 16, nanos);
            case "groups100" -> repeat(() -> insertGroup(100), 1, nanos);
            case "transfer" -> repeat(this::transfer, 1, nanos);
            case "point" -> repeat(this::readOne, 1, nanos);
            case "readings" -> repeat(this::readMany, READINGS, nanos);
            default -> throw new IllegalArgumentException(floor);
        };
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

    private void insertGroup(int size) throws SQLException {
        begin.execute();
        for (int i = 0; i < size; i++) {
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

    private void readOne() throws SQLException {
        point.setInt(1, random.nextInt(rows) + 1);
        try (ResultSet row = point.executeQuery()) {
            while (row.next()) {
                seen += row.getLong(1) + row.getString(2).length() + row.getLong(3);
            }
        }
    }

    private void readMany() throws SQLException {
        int count = 0;
        try (ResultSet row = readings.executeQuery()) {
            while (row.next()) {
                seen += row.getLong(1) + row.getString(2).length() + (long) row.getDouble(3) + row.getLong(4);
                seen += row.getString(5).length();
                count++;
            }
        }
        if (count != READINGS) {
            throw new IllegalStateException("bench_readings has " + count + " rows");
        }
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
