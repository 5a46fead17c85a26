package net.quicsql.hrana.websocket;

import java.util.HashMap;
import java.util.Map;
import net.quicsql.hrana.StoredSql;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.StoredTextMemory;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * The texts that a connection's client has stored, for all its streams. A request means the texts that are stored when it
 * arrives, whatever becomes of them before it runs: so a change makes a copy. One thread at a time; what {@link #now} gives
 * is immutable.
 */
final class SocketStoredSql {
    private final int maxTexts;
    private final long maxBytes;
    private final StoredTextMemory.Share memory;
    private Map<Integer, String> texts = Map.of();

    /** @param memory what the texts hold */
    SocketStoredSql(LimitsConfig limits, StoredTextMemory.Share memory) {
        this.memory = memory;
        this.maxTexts = limits.maxStoredSqlPerStream();
        this.maxBytes = limits.maxStoredSqlBytes();
    }

    /** The texts as they are now. */
    StoredSql now() {
        Map<Integer, String> current = texts;
        return sqlId -> {
            String sql = current.get(sqlId);
            if (sql == null) {
                throw refused(ProblemCode.SQL_STORE_NOT_FOUND, "no SQL text is stored under sql_id " + sqlId);
            }
            return sql;
        };
    }

    /**
     * Keeps a text.
     *
     * @throws ProblemException SQL_STORE_DUPLICATE, SQL_STORE_TOO_MANY, SQL_STORE_TOO_LARGE or OVERLOADED
     */
    void store(int sqlId, String sql) {
        if (texts.containsKey(sqlId)) {
            throw refused(ProblemCode.SQL_STORE_DUPLICATE, "sql_id " + sqlId + " is in use on this connection");
        }
        if (texts.size() >= maxTexts) {
            throw refused(
                    ProblemCode.SQL_STORE_TOO_MANY,
                    "a connection may store " + maxTexts + " SQL texts (limits.max_stored_sql_per_stream)");
        }
        int bytes = StoredTextMemory.bytes(sql);
        if (bytes > maxBytes) {
            throw refused(
                    ProblemCode.SQL_STORE_TOO_LARGE,
                    "a stored SQL text may have " + maxBytes + " bytes (" + LimitsConfig.MAX_STORED_SQL_LENGTH + ")");
        }
        memory.add(bytes);
        Map<Integer, String> more = new HashMap<>(texts);
        more.put(sqlId, sql);
        texts = more;
    }

    /** Forgets a text; a number that is not in use is no error. */
    void close(int sqlId) {
        Map<Integer, String> fewer = new HashMap<>(texts);
        String removed = fewer.remove(sqlId);
        texts = fewer;
        if (removed != null) {
            memory.remove(StoredTextMemory.bytes(removed));
        }
    }

    /** The connection has ended. Called by any thread. */
    void end() {
        memory.close();
    }

    private static ProblemException refused(ProblemCode code, String message) {
        return new Problem.Refused(code, message).toException();
    }
}
