package net.quicsql.limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.quicsql.access.DatabaseName;

/** How many requests may work on one database at the same time. Thread-safe; never blocks. Remembers busy databases only. */
public final class ConcurrencyGate {
    private final int most;
    private final Map<DatabaseName, Integer> inside = new ConcurrentHashMap<>();

    /** @param most requests on each database, at least 1 */
    public ConcurrencyGate(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("most is less than 1: " + most);
        }
        this.most = most;
    }

    /** Lets one more in if there is room; who was let in calls {@link #leave} once. */
    public boolean enter(DatabaseName database) {
        boolean[] entered = new boolean[1];
        inside.compute(database, (name, now) -> {
            int already = now == null ? 0 : now;
            entered[0] = already < most;
            return entered[0] ? Integer.valueOf(already + 1) : now;
        });
        return entered[0];
    }

    public void leave(DatabaseName database) {
        inside.computeIfPresent(database, (name, now) -> now == 1 ? null : now - 1);
    }

    /** Databases that somebody works on. */
    int remembered() {
        return inside.size();
    }
}
