package net.quicsql.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.execution.Describer;
import net.quicsql.session.Lease;
import net.quicsql.session.Session;
import net.quicsql.sql.Description;
import net.quicsql.sql.PragmaDecision;
import net.quicsql.sql.PragmaPolicy;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.TransactionMode;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;

/**
 * Describes statements: prepared on a connection that has just read the schema's version, or remembered from an earlier
 * time under the same version. Thread-safe.
 */
final class Descriptions {
    private static final long MAX_CACHED = 4_096;
    private static final int MAX_CACHED_CHARACTERS = 4_096;

    private final Cache<Key, Description> cache = Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .executor(Runnable::run)
            .build();

    /** What a description depends on: a version counts within its file only. */
    private record Key(DatabaseName database, long opening, long schemaVersion, String sql) {}

    Description describe(Session session, SqlStatement sql) {
        StatementRouter.requireAllowed(sql);
        if (sql.kind() == StatementKind.PRAGMA) {
            PragmaDecision decision = PragmaPolicy.decide(sql.pragma());
            if (decision.action() == PragmaDecision.Action.REFUSED) {
                throw PragmaControl.refused(decision);
            }
            if (decision.action() != PragmaDecision.Action.READ) {
                return Describer.describe(sql, PragmaControl.columns(decision));
            }
        }
        // SQLite refuses one form of it and takes the other for a name.
        if (sql.transactionMode() == TransactionMode.READONLY) {
            return Describer.describe(sql, List.of());
        }
        Lease lease = session.lease();
        // In a transaction that has not read yet, looking at the schema would fix its snapshot.
        boolean ownConnection = lease != null && (lease.hasRead() || lease.hasTemporaryObjects());
        return ownConnection && lease != null
                ? Describer.describe(lease.connection(), sql)
                : onReader(session.database(), sql);
    }

    private Description onReader(Database database, SqlStatement sql) {
        EngineConnection reader = database.borrowReader();
        try {
            long version = reader.schemaVersion();
            Key key = new Key(database.name(), reader.opening(), version, sql.text());
            Description known = cache.getIfPresent(key);
            if (known != null) {
                return known;
            }
            reader.refreshSchema();
            Description fresh = Describer.describe(reader, sql);
            // The schema may have changed meanwhile, and then the description is of the newer one.
            if (sql.text().length() <= MAX_CACHED_CHARACTERS && reader.schemaVersion() == version) {
                cache.put(key, fresh);
            }
            return fresh;
        } finally {
            database.giveBackReader(reader);
        }
    }
}
