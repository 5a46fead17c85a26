package net.quicsql.storage;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import net.quicsql.access.DatabaseName;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the damage in one database's file: it is looked for when the file is opened, and beside the requests
 * where that would take too long. Thread-safe; the look beside the requests is taken by one thread.
 */
final class DamageWatch {
    /** An open waits so long for the look; one that takes longer goes on beside the requests. */
    private static final long AT_OPEN_NANOS = 1_000_000_000L;

    /** The look at one table beside the requests: its snapshot keeps the log from being begun anew. */
    private static final long OF_TABLE_NANOS = 30_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(DamageWatch.class);

    private final DatabaseName name;
    private final OpenCheck policy;
    private final boolean onDisk;
    private final Consumer<Problem> quarantine;
    private volatile @Nullable Problem damage;
    private volatile boolean unfinished;

    /**
     * @param quarantine lets go of the file, where the policy asks for it
     */
    DamageWatch(DatabaseName name, OpenCheck policy, DatabaseKind kind, Consumer<Problem> quarantine) {
        this.name = name;
        this.policy = policy;
        this.onDisk = kind == DatabaseKind.FILE;
        this.quarantine = quarantine;
    }

    /** The damage that was found in the file as it is now. */
    Optional<Problem> damage() {
        return Optional.ofNullable(damage);
    }

    /**
     * Looks through a file that is being opened.
     *
     * @throws ProblemException SQL_CORRUPT where it is damaged and the policy is to serve no such file
     */
    void lookAtOpen(EngineConnection connection) {
        damage = null;
        unfinished = false;
        if (policy == OpenCheck.OFF || !onDisk) {
            return;
        }
        DamageCheck.Finding finding = DamageCheck.all(connection, AT_OPEN_NANOS);
        Problem found = finding.damage().orElse(null);
        if (found != null && policy == OpenCheck.QUARANTINE) {
            throw found.toException();
        }
        if (found != null) {
            found(found);
        }
        unfinished = !finding.finished();
    }

    /** Whether the file has yet to be looked through. */
    boolean isUnfinished() {
        return unfinished;
    }

    /** Looks through the file, beside the requests. */
    void goOn(Supplier<EngineConnection> opener) {
        unfinished = false;
        try (EngineConnection connection = opener.get()) {
            DamageCheck.Finding finding = DamageCheck.byTable(connection, OF_TABLE_NANOS);
            finding.damage().ifPresent(this::found);
            LOG.info(
                    "database {}: {}",
                    name,
                    finding.finished() ? "looked through for damage" : "too large to be looked through for damage");
        } catch (ProblemException e) {
            LOG.warn(
                    "database {} could not be looked through for damage: {}",
                    name,
                    e.problem().message());
        }
    }

    private void found(Problem problem) {
        damage = problem;
        LOG.error("database {}: {}", name, problem.message());
        if (policy == OpenCheck.QUARANTINE) {
            quarantine.accept(problem);
        }
    }
}
