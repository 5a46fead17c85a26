package net.quicsql.metrics;

import static java.util.Objects.requireNonNull;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts and times what happens to one database. Made by {@link ServerMetrics#forDatabase} and kept by whoever serves the
 * database: no method looks anything up by name. Thread-safe. Still works after the database is gone, unseen.
 */
public final class DatabaseMetrics {
    private final DatabaseSeries series;
    private final ConcurrentHashMap<Operation, OperationMetrics> operations = new ConcurrentHashMap<>();
    private final Counter requestsInFlight;
    private final Map<RefusalReason, Counter> refusedRequests = new EnumMap<>(RefusalReason.class);
    private final Counter openStreams;
    private final Counter openTransactions;
    private final Counter abortedTransactions;
    private final Timer transactionWait;
    private final Counter transactionsWaiting;
    private final Counter hangups;
    private final Timer writerWait;
    private final Counter writersWaiting;
    private final Counter committedWrites;
    private final Counter writeCommits;
    private final Timer readerWait;
    private final Timer checkpoints;
    private final Timer checkpointTurns;
    private final AtomicLong walBytes;
    private final AtomicLong walUncopiedFrames;
    private final AtomicLong walAlarm;

    DatabaseMetrics(DatabaseSeries series) {
        this.series = series;
        requestsInFlight = series.counter(ServerMetrics.REQUESTS_IN_FLIGHT);
        for (RefusalReason reason : RefusalReason.values()) {
            refusedRequests.put(reason, series.counter(ServerMetrics.REFUSED_REQUESTS, reason));
        }
        openStreams = series.counter(ServerMetrics.OPEN_STREAMS);
        openTransactions = series.counter(ServerMetrics.OPEN_TRANSACTIONS);
        abortedTransactions = series.counter(ServerMetrics.ABORTED_TRANSACTIONS);
        transactionWait = series.timer(ServerMetrics.TRANSACTION_WAIT);
        transactionsWaiting = series.counter(ServerMetrics.TRANSACTIONS_WAITING);
        hangups = series.counter(ServerMetrics.HANGUPS);
        writerWait = series.timer(ServerMetrics.WRITER_WAIT);
        writersWaiting = series.counter(ServerMetrics.WRITERS_WAITING);
        committedWrites = series.counter(ServerMetrics.COMMITTED_WRITES);
        writeCommits = series.counter(ServerMetrics.WRITE_COMMITS);
        readerWait = series.timer(ServerMetrics.READER_WAIT);
        checkpoints = series.timer(ServerMetrics.CHECKPOINTS);
        checkpointTurns = series.timer(ServerMetrics.CHECKPOINT_TURNS);
        walBytes = series.level(ServerMetrics.WAL_BYTES);
        walUncopiedFrames = series.level(ServerMetrics.WAL_UNCOPIED_FRAMES);
        walAlarm = series.level(ServerMetrics.WAL_ALARM);
    }

    public OperationMetrics operation(Operation operation) {
        OperationMetrics known = operations.get(operation);
        return known != null ? known : operations.computeIfAbsent(operation, series::operation);
    }

    /** A request was let in. */
    public void requestBegan() {
        requestsInFlight.inc();
    }

    /** The answer to a request that was let in is sent, or given up. */
    public void requestEnded() {
        requestsInFlight.dec();
    }

    public void requestRefused(RefusalReason reason) {
        requireNonNull(refusedRequests.get(reason)).inc();
    }

    /** A stream takes up memory: a request runs on it, or it is in a transaction, or it has session state. */
    public void streamOpened() {
        openStreams.inc();
    }

    /** A stream ended or was parked. */
    public void streamClosed() {
        openStreams.dec();
    }

    public void transactionOpened() {
        openTransactions.inc();
    }

    public void transactionClosed() {
        openTransactions.dec();
    }

    /** The server, not the client, ended a transaction; counted besides {@link #transactionClosed}. */
    public void transactionAborted() {
        abortedTransactions.inc();
    }

    public void transactionWaitBegan() {
        transactionsWaiting.inc();
    }

    /** A wait for a place for one more transaction ended, with the place or without. */
    public void transactionWaitEnded(long nanos) {
        transactionsWaiting.dec();
        transactionWait.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** A read, a wait or a transaction was ended because its client had gone. */
    public void hungUp() {
        hangups.inc();
    }

    public void writerWaitBegan() {
        writersWaiting.inc();
    }

    /** A wait for the turn to write ended, with the turn or without. */
    public void writerWaitEnded(long nanos) {
        writersWaiting.dec();
        writerWait.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** One commit has made so many autocommit writes last. */
    public void writesCommitted(int writes) {
        committedWrites.inc(writes);
        writeCommits.inc();
    }

    /** Commits of autocommit writes so far. */
    public long writeCommits() {
        return writeCommits.getCount();
    }

    public void readerWaited(long nanos) {
        readerWait.update(nanos, TimeUnit.NANOSECONDS);
    }

    public void checkpointed(long nanos) {
        checkpoints.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** A checkpoint kept the turn to write. */
    public void checkpointHeldTurn(long nanos) {
        checkpointTurns.update(nanos, TimeUnit.NANOSECONDS);
    }

    /** Pages that the write-ahead log alone has. */
    public void walUncopiedFrames(int frames) {
        walUncopiedFrames.set(frames);
    }

    /** @param level 1 while the write-ahead log is past its alarm, else 0 */
    public void walAlarm(int level) {
        walAlarm.set(level);
    }

    /** The size of the write-ahead log as it is now. */
    public void walBytes(long bytes) {
        walBytes.set(bytes);
    }
}
