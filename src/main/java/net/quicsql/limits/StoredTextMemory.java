package net.quicsql.limits;

import java.nio.charset.StandardCharsets;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * The heap that the SQL texts of all clients may take which they have stored. It is a quarter of what requests may take
 * together, and apart from it: texts lie for as long as a stream or a connection, and must not keep requests from theirs.
 * Thread-safe; nobody waits.
 */
public final class StoredTextMemory {
    private static final int PART = 4;

    private final MemoryBudget budget;

    /** @param requestBytes what requests may take together, at least 1 */
    public StoredTextMemory(long requestBytes) {
        budget = new MemoryBudget(Math.max(1, requestBytes / PART));
    }

    /** What a text counts for: its length in UTF-8. */
    public static int bytes(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8).length;
    }

    /** For the texts of one stream or connection. */
    public Share share() {
        return new Share(budget.share());
    }

    /** What is held now, apart from what is free. */
    public long held() {
        return budget.held();
    }

    /** What the texts of one owner hold; the first {@link MemoryShare#FREE_BYTES} are free. Thread-safe. */
    public static final class Share implements AutoCloseable {
        private final MemoryShare memory;

        // Guarded by this.
        private long bytes;
        private boolean closed;

        private Share(MemoryShare memory) {
            this.memory = memory;
        }

        /**
         * Holds the bytes of one more text; nothing once this is closed.
         *
         * @throws ProblemException OVERLOADED
         */
        public synchronized void add(long textBytes) {
            if (closed) {
                return;
            }
            if (!memory.tryTake(counted(bytes + textBytes) - memory.held())) {
                throw new Problem.Refused(
                                ProblemCode.OVERLOADED,
                                "the server holds as many stored SQL texts in memory as it may (a quarter of "
                                        + LimitsConfig.MEMORY_BUDGET + "); try again later")
                        .toException();
            }
            bytes += textBytes;
        }

        /** Gives back the bytes of a text that was added. */
        public synchronized void remove(long textBytes) {
            if (!closed) {
                bytes -= textBytes;
                memory.giveBack(memory.held() - counted(bytes));
            }
        }

        /** Gives back everything. Idempotent. */
        @Override
        public synchronized void close() {
            closed = true;
            memory.close();
        }

        private static long counted(long bytes) {
            return Math.max(0, bytes - MemoryShare.FREE_BYTES);
        }
    }
}
