package net.quicsql.hrana;

import java.util.List;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.metrics.Operation;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqlStatement;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/** What the handlers need of the engine, so that tests can stand in for it. Everything may throw ProblemException. */
interface SqlStreams {
    /** Checks that a stream could be opened, but for what only opening the database would show. */
    void requireReadable(DatabaseName database, Principal principal);

    /** Goes on with the stream of a baton, or opens a new one when there is none. */
    SqlStream open(DatabaseName database, Principal principal, @Nullable String baton);

    /** Reads text that must hold exactly one statement. */
    SqlStatement statement(String sql);

    /** One stream during one request, which ends with {@link #release} or {@link #detach}. One thread at a time. */
    interface SqlStream {
        StatementResult execute(Statement statement, RowSink sink);

        void sequence(String script);

        Description describe(String sql);

        boolean isAutocommit();

        void storeSql(int sqlId, String sql);

        String storedSql(int sqlId);

        void closeSql(int sqlId);

        /** Ends the stream; what follows in the same request fails with STREAM_CLOSED. */
        void close();

        /** Ends the request; the next baton, or null when the stream is closed. Never throws. */
        @Nullable
        String release();

        /** Whether these statements may run after the stream was released. */
        boolean canDetach(List<SqlStatement> statements);

        /** Counts and times a whole request on this stream's database. */
        void finished(Operation operation, long nanos);

        /** Ends the request as {@link #release} does; when it throws the stream is not released. */
        SqlReads detach();
    }

    /** Runs reads of a stream that went on without them. One thread at a time. */
    interface SqlReads extends AutoCloseable {
        /** The stream's next baton. */
        String baton();

        StatementResult execute(Statement statement, RowSink sink);

        /** Stops the running statement's clock while its rows wait for the client. */
        void pauseClock();

        void resumeClock();

        @Override
        void close();
    }
}
