package net.quicsql.engine;

import java.util.List;
import net.quicsql.execution.StatementRunner;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.PragmaDecision;
import net.quicsql.sql.PragmaPolicy;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementKind;
import net.quicsql.sql.StatementResult;
import net.quicsql.storage.ConnectionRole;
import net.quicsql.storage.Database;
import net.quicsql.storage.EngineConnection;
import net.quicsql.storage.WriterTurn;

/**
 * Runs statements all or nothing: a batch that may write in the writer's turn under BEGIN IMMEDIATE, a batch of reads in
 * one read transaction. One deadline covers them all. Thread-safe.
 */
final class AtomicBatch {
    private final StatementRunner runner;

    AtomicBatch(StatementRunner runner) {
        this.runner = runner;
    }

    BatchOutcome run(
            Database database, String principal, boolean mayWrite, List<Statement> statements, BatchSink sink) {
        if (!mayWrite || !mayChange(statements)) {
            return onReader(database, mayWrite, statements, sink);
        }
        try (WriterTurn turn = database.writerTurn(principal, "a batch")) {
            EngineConnection writer = database.writer();
            writer.foreignKeys(database.config().foreignKeys());
            writer.primeLastInsertRowid(0);
            try {
                return run(writer, ConnectionRole.WRITER, statements, sink);
            } finally {
                if (changesSchema(statements)) {
                    writer.schemaChangedHere();
                }
            }
        } catch (ProblemException e) {
            return new BatchOutcome(e.problem(), BatchOutcome.NO_STATEMENT);
        }
    }

    private BatchOutcome onReader(Database database, boolean mayWrite, List<Statement> statements, BatchSink sink) {
        EngineConnection reader = database.lease(ConnectionRole.READER);
        try {
            for (Statement statement : statements) {
                if (statement.sql().namesLastInsertRowid()) {
                    reader.primeLastInsertRowid(0);
                    break;
                }
            }
            BatchOutcome outcome = run(reader, ConnectionRole.READER, statements, sink);
            boolean forbidden = !mayWrite
                    && outcome.problem() instanceof Problem.SqlFailed failed
                    && failed.code() == ProblemCode.SQL_READ_ONLY;
            return forbidden ? new BatchOutcome(Failures.writeForbidden().problem(), outcome.failedIndex()) : outcome;
        } finally {
            database.giveBackLease(reader);
        }
    }

    private BatchOutcome run(
            EngineConnection connection, ConnectionRole role, List<Statement> statements, BatchSink sink) {
        long deadline = runner.newDeadline();
        int index = BatchOutcome.NO_STATEMENT;
        boolean committed = false;
        try {
            if (role == ConnectionRole.WRITER) {
                connection.beginImmediate();
            } else {
                connection.begin();
            }
            for (Statement statement : statements) {
                index++;
                sink.end(index, runOne(connection, statement, sink.begin(index), deadline));
            }
            index = BatchOutcome.NO_STATEMENT;
            connection.commit();
            committed = true;
            return BatchOutcome.COMMITTED;
        } catch (ProblemException e) {
            return new BatchOutcome(e.problem(), index);
        } finally {
            if (!committed) {
                connection.rollback();
            }
        }
    }

    private StatementResult runOne(EngineConnection connection, Statement statement, RowSink sink, long deadline) {
        SqlStatement sql = statement.sql();
        if (sql.kind() == StatementKind.PRAGMA) {
            PragmaDecision decision = PragmaPolicy.decide(sql.pragma());
            if (decision.action() != PragmaDecision.Action.READ && decision.action() != PragmaDecision.Action.WRITE) {
                return PragmaControl.answer(decision, sink);
            }
        }
        StatementResult result = runner.run(connection, statement, sink, deadline, StatementRunner.NOTHING_FIRST);
        if (sql.kind() == StatementKind.DDL) {
            connection.schemaChangedHere();
        }
        return result;
    }

    private static boolean mayChange(List<Statement> statements) {
        for (Statement statement : statements) {
            SqlStatement sql = statement.sql();
            boolean reads = sql.reads()
                    || sql.kind() == StatementKind.OTHER
                    || sql.kind() == StatementKind.PRAGMA
                            && PragmaPolicy.decide(sql.pragma()).action() != PragmaDecision.Action.WRITE;
            if (!reads) {
                return true;
            }
        }
        return false;
    }

    private static boolean changesSchema(List<Statement> statements) {
        for (Statement statement : statements) {
            if (statement.sql().kind() == StatementKind.DDL) {
                return true;
            }
        }
        return false;
    }
}
