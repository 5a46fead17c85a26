package net.quicsql.storage;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prepared statements of one connection by their exact text, the least recently used leaving first; bounded by count and
 * by bytes of text. Belongs to its connection's thread.
 */
final class StatementCache {
    /** A prepared statement is roughly this many times its text. */
    private static final int BYTES_PER_CHARACTER = 2;

    private final int maxEntries;
    private final long maxBytes;
    private final Map<String, EngineStatement> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    StatementCache(int maxEntries, long maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    @Nullable
    EngineStatement get(String text) {
        return entries.get(text);
    }

    /** Whether a text is small enough to be kept at all. */
    boolean admits(String text) {
        return size(text) <= maxBytes / 4;
    }

    void put(String text, EngineStatement statement) {
        entries.put(text, statement);
        bytes += size(text);
        Iterator<Map.Entry<String, EngineStatement>> oldest = entries.entrySet().iterator();
        while ((entries.size() > maxEntries || bytes > maxBytes) && entries.size() > 1) {
            Map.Entry<String, EngineStatement> entry = oldest.next();
            oldest.remove();
            bytes -= size(entry.getKey());
            entry.getValue().close();
        }
    }

    void remove(String text) {
        if (entries.remove(text) != null) {
            bytes -= size(text);
        }
    }

    void closeAll() {
        for (EngineStatement statement : entries.values()) {
            statement.close();
        }
        entries.clear();
        bytes = 0;
    }

    private static long size(String text) {
        return (long) text.length() * BYTES_PER_CHARACTER;
    }
}
