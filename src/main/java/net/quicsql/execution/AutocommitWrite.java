package net.quicsql.execution;

import static java.util.Objects.requireNonNull;

import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.QueuedWrite;
import org.jspecify.annotations.Nullable;

/**
 * One statement in autocommit that waits for the writer's turn, runs, and has an outcome. Made by {@link GroupCommit#write};
 * one thread at a time: the one that asked for it, or the one that runs it while that one waits.
 */
public final class AutocommitWrite extends QueuedWrite {
    private final Statement statement;
    private final RowSink sink;
    private final boolean enforcesForeignKeys;
    private final long lastInsertRowid;
    private final boolean joins;
    private @Nullable RowBuffer kept;
    private @Nullable StatementResult result;
    private @Nullable Problem failure;

    AutocommitWrite(
            Statement statement, RowSink sink, boolean enforcesForeignKeys, long lastInsertRowid, boolean joins) {
        this.statement = statement;
        this.sink = sink;
        this.enforcesForeignKeys = enforcesForeignKeys;
        this.lastInsertRowid = lastInsertRowid;
        this.joins = joins;
    }

    @Override
    public boolean mayShareWith(QueuedWrite leader) {
        return joins
                && leader instanceof AutocommitWrite other
                && other.joins
                && other.enforcesForeignKeys == enforcesForeignKeys;
    }

    /**
     * What has come of it, once it has been run. Rows that were kept until the commit are handed on now, by the thread that
     * asked for them.
     *
     * @throws ProblemException why it failed; RESPONSE_TOO_LARGE where it was committed and only its answer is lost, which
     *     invites nobody to send it again
     */
    public StatementResult outcome() {
        Problem failed = failure;
        if (failed != null) {
            throw failed.toException();
        }
        StatementResult done = requireNonNull(result, "the write was not run");
        if (kept != null) {
            try {
                kept.replay(sink);
            } catch (ProblemException e) {
                throw new Problem.Refused(
                                ProblemCode.RESPONSE_TOO_LARGE,
                                "the write was committed, but there is no room for its answer. Do not send it again")
                        .toException();
            }
        }
        return done;
    }

    Statement statement() {
        return statement;
    }

    RowSink sink() {
        return sink;
    }

    boolean enforcesForeignKeys() {
        return enforcesForeignKeys;
    }

    /** The stream's own last rowid. */
    long lastInsertRowid() {
        return lastInsertRowid;
    }

    /** Whether the connection must know the stream's own last rowid before. */
    boolean dependsOnLastRowid() {
        return statement.sql().dependsOnLastRowid();
    }

    /** Whether it may be run together with others. */
    boolean joins() {
        return joins;
    }

    /** Notes that it was run; its rows are with its sink already, or in what is kept. */
    void done(StatementResult newResult, @Nullable RowBuffer rows) {
        result = newResult;
        kept = rows;
        failure = null;
    }

    void failed(Problem problem) {
        failure = problem;
        kept = null;
        result = null;
    }

    /** Forgets an outcome that was undone with its transaction. */
    void undone() {
        failure = null;
        kept = null;
        result = null;
    }

    boolean hasOutcome() {
        return failure != null || result != null;
    }

    boolean hasSucceeded() {
        return result != null;
    }
}
