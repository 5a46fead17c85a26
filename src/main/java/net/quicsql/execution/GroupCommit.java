package net.quicsql.execution;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.SqliteCode;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;

/**
 * Runs autocommit writes in the writer's turn. Whoever gets the turn while others are in line takes them along, in the
 * line's order: one transaction, a savepoint for each, one COMMIT for all, and nobody is told of success before it. Nobody
 * waits for company either: a write that finds the turn free runs at once. Thread-safe.
 *
 * <p>Each write has the outcome that it would have had alone. One that fails takes back its own work only. Where a
 * failure ends the whole transaction, the others are run once more, each by itself: nothing of their first run is left.
 * Where COMMIT fails so that nobody knows what became of it, all fail and none is run again.
 */
public final class GroupCommit {
    /** So many writes share a commit at most: the last one's wait, and what is lost with the transaction. */
    static final int MAX_MEMBERS = 128;

    /** Once a group has taken so long it takes nobody else along: the first ones wait for their COMMIT. */
    private static final long MAX_GATHERING_NANOS = 5_000_000L;

    /** Longer texts go alone: most bring many rows with them, which is slow, and texts are kept to know the unfit ones. */
    static final int MAX_SHARED_CHARACTERS = 8 * 1024;

    /** Rows of one write that are kept until the COMMIT; a larger result goes alone. */
    private static final long MAX_KEPT_BYTES = 64L * 1024;

    /** What those are told whose leader failed in a way that nobody thought of. */
    private static final Problem BROKEN = new Problem.Refused(
            ProblemCode.INTERNAL, "the write shared a transaction that failed; whether it was committed is not known");

    private final StatementRunner runner;
    private final LongSupplier nanoClock;
    private final long maxKeptBytes;
    private final UnfitTexts unfit = new UnfitTexts();

    /**
     * @param maxRowBytes a result up to this size is never refused by its sink, so that it may be handed on after the commit
     */
    public GroupCommit(StatementRunner runner, LongSupplier nanoClock, long maxRowBytes) {
        this.runner = requireNonNull(runner, "runner is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.maxKeptBytes = Math.min(MAX_KEPT_BYTES, maxRowBytes);
    }

    /**
     * A write to be run.
     *
     * @param lastInsertRowid the stream's own last rowid, 0 where it has none
     */
    public AutocommitWrite write(Statement statement, RowSink sink, boolean enforcesForeignKeys, long lastInsertRowid) {
        SqlStatement sql = statement.sql();
        return new AutocommitWrite(
                statement, sink, enforcesForeignKeys, lastInsertRowid, mayShare(sql) && !unfit.contains(sql.text()));
    }

    /**
     * Runs a write in the turn that it was given, and those in line that may join it. Closes the turn, and settles whatever
     * it took from the line. What has come of the write itself is its {@link AutocommitWrite#outcome}.
     */
    public void lead(Database database, WriterTurn turn, AutocommitWrite first) {
        List<AutocommitWrite> members = new ArrayList<>();
        members.add(first);
        try {
            if (first.joins() && database.writerQueue().isContended()) {
                together(database, turn, members);
            }
            for (AutocommitWrite member : members) {
                if (!member.hasOutcome()) {
                    alone(database, member);
                }
            }
        } catch (ProblemException e) {
            members.forEach(member -> failUnlessDone(member, e.problem()));
        } finally {
            try {
                turn.close();
            } finally {
                settle(members, first);
            }
        }
    }

    private static void settle(List<AutocommitWrite> members, AutocommitWrite first) {
        for (AutocommitWrite member : members) {
            failUnlessDone(member, BROKEN);
            if (member != first) {
                member.settle();
            }
        }
    }

    private void together(Database database, WriterTurn turn, List<AutocommitWrite> members) {
        long deadline = nanoClock.getAsLong() + MAX_GATHERING_NANOS;
        AutocommitWrite first = members.get(0);
        WriteGroup group = new WriteGroup(runner, nanoClock, writerFor(first, database), members, unfit, maxKeptBytes);
        boolean committed = group.run(() -> {
            boolean full = members.size() == MAX_MEMBERS || nanoClock.getAsLong() - deadline > 0;
            return full ? null : (AutocommitWrite) database.writerQueue().takeNext(turn, first);
        });
        if (committed) {
            database.metrics().writesCommitted((int)
                    members.stream().filter(AutocommitWrite::hasSucceeded).count());
        }
    }

    /**
     * Runs a statement that stands alone. One that returns rows is committed when they have been taken: a client that is
     * told that its answer is too large must not find the rows written. One that returns none commits by itself, and what
     * its sink makes of that must not look like a failure of the write.
     */
    private void alone(Database database, AutocommitWrite write) {
        EngineConnection writer = writerFor(write, database);
        try {
            if (write.dependsOnLastRowid()) {
                writer.primeLastInsertRowid(write.lastInsertRowid());
            }
            SqlStatement sql = write.statement().sql();
            boolean returning = sql.returning();
            RowBuffer none = sql.changesRows() && !returning ? new RowBuffer(0) : null;
            if (returning) {
                writer.beginImmediate();
            }
            StatementResult result = runner.run(writer, write.statement(), none == null ? write.sink() : none);
            if (returning) {
                writer.commit();
            }
            write.done(result, none);
            database.metrics().writesCommitted(1);
        } catch (ProblemException e) {
            write.failed(e.problem());
            if (e.problem() instanceof Problem.SqlFailed failed && failed.primaryCode() == SqliteCode.IOERR) {
                writer.taint();
            }
        } catch (RuntimeException | Error e) {
            writer.taint();
            throw e;
        } finally {
            // Nothing may stay open on a connection that the next principal will write with.
            if (!write.hasSucceeded() && !writer.isAutocommit()) {
                writer.rollback();
            }
        }
    }

    /** The writer's connection, set as a write needs it: it may be a new one since the write before. */
    private static EngineConnection writerFor(AutocommitWrite write, Database database) {
        EngineConnection writer = database.writer();
        writer.foreignKeys(write.enforcesForeignKeys());
        return writer;
    }

    private static void failUnlessDone(AutocommitWrite member, Problem problem) {
        if (!member.hasOutcome()) {
            member.failed(problem);
        }
    }

    /** Whether a statement's text allows it to share a transaction with other clients' statements. */
    private static boolean mayShare(SqlStatement sql) {
        return sql.changesRows()
                && sql.text().length() <= MAX_SHARED_CHARACTERS
                && !sql.mayEndTransaction()
                && !sql.namesLastInsertRowid()
                && !sql.namesChanges()
                && !sql.temporary()
                && !sql.mentionsSchemaTable();
    }
}
