package net.quicsql.session;

import java.util.Locale;
import net.quicsql.sql.SqlScanner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator what the server has ended and whose it was. A statement is shown without its literals, which are the
 * users' data. Stateless.
 */
final class AbortLog {
    private static final Logger LOG = LoggerFactory.getLogger(AbortLog.class);
    private static final int MOST_SQL_CHARACTERS = 200;

    private AbortLog() {}

    /** To be called by the holder of the claim, before the end. */
    static void ending(Session session, Abort abort, long nowNanos) {
        Lease lease = session.lease();
        if (lease == null || !lease.inTransaction()) {
            LOG.warn(
                    "database {}: ended the session state of {}: {}",
                    session.database().name(),
                    who(session),
                    abort.reason());
            return;
        }
        LOG.warn(
                "database {}: rolled back the transaction of {}, {} s old, with {} waiting to write: {}; its last statement: {}",
                session.database().name(),
                who(session),
                String.format(Locale.ROOT, "%.1f", (nowNanos - lease.transactionStartedNanos()) / 1e9),
                session.database().writerQueue().depth(),
                abort.reason(),
                SqlScanner.stripForLog(lease.lastSql(), MOST_SQL_CHARACTERS));
    }

    private static String who(Session session) {
        return session.principal().isEmpty() ? "an anonymous client" : "principal '" + session.principal() + "'";
    }
}
