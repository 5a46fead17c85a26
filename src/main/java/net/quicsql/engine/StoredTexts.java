package net.quicsql.engine;

import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.StoredTextMemory;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.session.Session;

/**
 * SQL texts that a stream keeps under its client's numbers (Hrana 2, "Store an SQL text on the server"). They hold the
 * stream in memory, so their number and size are bounded. Thread-safe.
 */
final class StoredTexts {
    private final SessionStates states;
    private final StoredTextMemory memory;
    private final LimitsConfig limits;

    StoredTexts(SessionStates states, StoredTextMemory memory, LimitsConfig limits) {
        this.states = states;
        this.memory = memory;
        this.limits = limits;
    }

    void store(Session session, int sqlId, String sql) {
        if (session.storedSql().containsKey(sqlId)) {
            throw refused(ProblemCode.SQL_STORE_DUPLICATE, "sql_id " + sqlId + " is in use on this stream");
        }
        if (session.storedSql().size() >= limits.maxStoredSqlPerStream()) {
            throw refused(
                    ProblemCode.SQL_STORE_TOO_MANY,
                    "a stream may store " + limits.maxStoredSqlPerStream()
                            + " SQL texts (limits.max_stored_sql_per_stream)");
        }
        int bytes = StoredTextMemory.bytes(sql);
        if (bytes > limits.maxStoredSqlBytes()) {
            throw refused(
                    ProblemCode.SQL_STORE_TOO_LARGE,
                    "a stored SQL text may have " + limits.maxStoredSqlBytes() + " bytes ("
                            + LimitsConfig.MAX_STORED_SQL_LENGTH + ")");
        }
        if (!session.holdsState()) {
            states.requireRoom(session);
        }
        session.storedSqlMemory(memory::share).add(bytes);
        session.storedSql().put(sqlId, sql);
    }

    void close(Session session, int sqlId) {
        String removed = session.storedSql().remove(sqlId);
        if (removed != null) {
            session.storedSqlMemory(memory::share).remove(StoredTextMemory.bytes(removed));
        }
    }

    String get(Session session, int sqlId) {
        String sql = session.storedSql().get(sqlId);
        if (sql == null) {
            throw refused(ProblemCode.SQL_STORE_NOT_FOUND, "no SQL text is stored under sql_id " + sqlId);
        }
        return sql;
    }

    private static ProblemException refused(ProblemCode code, String message) {
        return new Problem.Refused(code, message).toException();
    }
}
