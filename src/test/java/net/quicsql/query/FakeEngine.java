package net.quicsql.query;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.BatchOutcome;
import net.quicsql.engine.BatchSink;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.Script;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/** Answers each statement with its own text and the number of its arguments, then fails if told to. */
final class FakeEngine implements QueryEngine {
    @Nullable
    Problem problem;

    int failedIndex = -1;

    @Override
    public SqlStatement statement(String sql) {
        Script script = SqlScanner.scan(sql);
        if (script.statements().isEmpty()) {
            throw new Problem.Refused(ProblemCode.SQL_NO_STATEMENT, "no statement").toException();
        }
        return script.statements().get(0);
    }

    @Override
    public StatementResult query(DatabaseName database, Principal principal, Statement statement, RowSink sink) {
        StatementResult result = run(statement, sink);
        if (problem != null) {
            throw problem.toException();
        }
        return result;
    }

    @Override
    public BatchOutcome queryBatch(
            DatabaseName database, Principal principal, List<Statement> statements, BatchSink sink) {
        for (int i = 0; i < statements.size(); i++) {
            sink.end(i, run(statements.get(i), sink.begin(i)));
        }
        return new BatchOutcome(problem, failedIndex);
    }

    private static StatementResult run(Statement statement, RowSink sink) {
        sink.columns(List.of(new Column("sql", null), new Column("args", null)));
        sink.beginRow();
        sink.textCell(statement.sql().text().getBytes(StandardCharsets.UTF_8));
        sink.integerCell(statement.arguments().positional().size());
        sink.endRow();
        return new StatementResult(1, 9L);
    }
}
