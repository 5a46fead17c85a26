package net.quicsql.query;

import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.BatchOutcome;
import net.quicsql.engine.BatchSink;
import net.quicsql.engine.StreamEngine;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;

/** What this door needs of the engine. Thread-safe. */
interface QueryEngine {
    SqlStatement statement(String sql);

    StatementResult query(DatabaseName database, Principal principal, Statement statement, RowSink sink);

    BatchOutcome queryBatch(DatabaseName database, Principal principal, List<Statement> statements, BatchSink sink);

    static QueryEngine of(StreamEngine engine) {
        return new QueryEngine() {
            @Override
            public SqlStatement statement(String sql) {
                return engine.statement(sql);
            }

            @Override
            public StatementResult query(
                    DatabaseName database, Principal principal, Statement statement, RowSink sink) {
                return engine.query(database, principal, statement, sink);
            }

            @Override
            public BatchOutcome queryBatch(
                    DatabaseName database, Principal principal, List<Statement> statements, BatchSink sink) {
                return engine.queryBatch(database, principal, statements, sink);
            }
        };
    }
}
