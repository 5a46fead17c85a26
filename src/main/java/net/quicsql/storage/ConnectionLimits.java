package net.quicsql.storage;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Bounds that every connection carries. Immutable.
 *
 * @param maxSqlBytes longest text of one statement
 * @param maxValueBytes longest text, blob or row; also bounds what a single function call may build
 * @param lockWait longest wait for a lock that another process or another stream holds
 * @param snapshotLifetime how long a read may last while it keeps a large write-ahead log from being copied back
 */
public record ConnectionLimits(int maxSqlBytes, int maxValueBytes, Duration lockWait, Duration snapshotLifetime) {
    public ConnectionLimits {
        requireNonNull(lockWait, "lockWait is null");
        requireNonNull(snapshotLifetime, "snapshotLifetime is null");
    }
}
