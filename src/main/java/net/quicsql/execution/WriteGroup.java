package net.quicsql.execution;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.SqliteCode;
import net.quicsql.storage.EngineConnection;
import org.jspecify.annotations.Nullable;

/**
 * One transaction with the writes of several clients. After {@link #run} a member has its outcome, or none where its work
 * was undone and it has to be run by itself. One thread.
 */
final class WriteGroup {
    private final StatementRunner runner;
    private final LongSupplier nanoClock;
    private final EngineConnection writer;
    private final List<AutocommitWrite> members;
    private final UnfitTexts unfit;
    private final long maxKeptBytes;

    /**
     * @param members the first one; the others are added as they are taken
     * @param maxKeptBytes largest result of one member that is kept until the commit
     */
    WriteGroup(
            StatementRunner runner,
            LongSupplier nanoClock,
            EngineConnection writer,
            List<AutocommitWrite> members,
            UnfitTexts unfit,
            long maxKeptBytes) {
        this.runner = runner;
        this.nanoClock = nanoClock;
        this.writer = writer;
        this.members = members;
        this.unfit = unfit;
        this.maxKeptBytes = maxKeptBytes;
    }

    /**
     * Runs the first member, and the next ones for as long as there are any.
     *
     * @param next takes one more member from the line; null where there is none
     * @return whether a COMMIT has succeeded
     */
    boolean run(Supplier<@Nullable AutocommitWrite> next) {
        writer.beginImmediate();
        boolean over = false;
        try {
            over = writer.mayShareTransaction() && runAll(next) && commit();
            return over;
        } catch (RuntimeException | Error e) {
            // Whatever this was, nobody may be told of a success that may have been undone, and nobody writes on a
            // connection that may still be in the transaction.
            writer.taint();
            undo(null);
            throw e;
        } finally {
            // Nothing may stay open on a connection that the next principal will write with.
            if (!over && !writer.isAutocommit()) {
                writer.rollback();
            }
        }
    }

    /** Runs members until there are no more; false where a failure has ended the transaction. */
    private boolean runAll(Supplier<@Nullable AutocommitWrite> next) {
        AutocommitWrite current = members.get(0);
        while (current != null) {
            if (!runMember(current)) {
                undo(current);
                return false;
            }
            // One that could not share is the next to run, by itself: whoever is behind it must not pass it.
            current = current.hasOutcome() ? next.get() : null;
            if (current != null) {
                members.add(current);
            }
        }
        return true;
    }

    /**
     * Runs a member in its savepoint. It has no outcome where it must not share after all, and its work was undone.
     *
     * @return false where its failure has ended the transaction
     */
    private boolean runMember(AutocommitWrite member) {
        RowBuffer rows = new RowBuffer(maxKeptBytes);
        String text = member.statement().sql().text();
        boolean large = false;
        long started = nanoClock.getAsLong();
        try {
            writer.savepoint();
            if (member.dependsOnLastRowid()) {
                writer.primeLastInsertRowid(member.lastInsertRowid());
            }
            member.done(runner.run(writer, member.statement(), rows), rows);
            writer.releaseSavepoint();
            return true;
        } catch (RowBuffer.Overflow tooLarge) {
            member.undone();
            large = true;
        } catch (ProblemException e) {
            member.failed(e.problem());
            if (writer.isAutocommit()) {
                return false;
            }
        } finally {
            if (large) {
                unfit.large(text);
            } else {
                unfit.ran(text, nanoClock.getAsLong() - started);
            }
        }
        writer.rollbackToSavepoint();
        return true;
    }

    private boolean commit() {
        try {
            writer.commit();
            return true;
        } catch (ProblemException e) {
            if (wasRefused(e)) {
                undo(null);
            } else {
                Problem problem = unknown(e.problem());
                members.forEach(member -> member.failed(problem));
            }
            return false;
        }
    }

    /** Whether COMMIT was refused with the transaction still open, so that a rollback undoes it for certain. */
    private boolean wasRefused(ProblemException e) {
        return e.problem() instanceof Problem.SqlFailed failed
                && (failed.primaryCode() == SqliteCode.CONSTRAINT || failed.primaryCode() == SqliteCode.BUSY)
                && !writer.isAutocommit();
    }

    /** Forgets the outcomes of a transaction that is lost, but for that of who is to blame. */
    private void undo(@Nullable AutocommitWrite culprit) {
        for (AutocommitWrite member : members) {
            if (member != culprit) {
                member.undone();
            }
        }
    }

    private static Problem unknown(Problem problem) {
        return problem instanceof Problem.SqlFailed failed
                ? failed.followedBy(": COMMIT failed, and whether it took effect is not known")
                : problem;
    }
}
