package net.quicsql.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.BatchOutcome;
import net.quicsql.engine.StreamEngine;
import net.quicsql.http.Answer;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.http.Body;
import net.quicsql.http.ErrorEnvelopes;
import net.quicsql.json.JsonInput;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Statement;
import net.quicsql.sql.StatementResult;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code POST /<database>/query}: decodes the body, runs its statement or batch, encodes what came of it.
 * Thread-safe.
 *
 * <p>SQL that SQLite refuses is answered with HTTP 200 and an {@code error} object, or with a status of its own for a
 * client that sent {@code Prefer: status=strict}.
 */
public final class QueryHandler {
    private static final byte[] ERROR = "{\"error\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FAILED_INDEX = ",\"failed_index\":".getBytes(StandardCharsets.US_ASCII);
    /** No statement of the batch is to blame. */
    private static final int NO_INDEX = -1;

    private final QueryEngine engine;
    private final QueryDecoder decoder;
    private final QueryLimits limits;
    private final AnswerBuffers buffers;

    public QueryHandler(StreamEngine engine, JsonInput input, QueryLimits limits, AnswerBuffers buffers) {
        this(QueryEngine.of(engine), input, limits, buffers);
    }

    QueryHandler(QueryEngine engine, JsonInput input, QueryLimits limits, AnswerBuffers buffers) {
        this.buffers = buffers;
        this.engine = engine;
        this.decoder = new QueryDecoder(input);
        this.limits = limits;
    }

    /**
     * The answer to one request. Rights are checked before the body is looked at, and the database is looked up last.
     *
     * @param prefer the request's Prefer headers, joined by commas; null if there are none
     */
    public Answer handle(byte[] body, DatabaseName database, Principal principal, @Nullable String prefer) {
        try {
            AccessPolicy.requireRead(principal, database);
            QueryRequest request = decoder.decode(body);
            if (request instanceof QueryRequest.Batch batch) {
                return batch(batch.statements(), database, principal, prefer);
            }
            return single((QueryRequest.Single) request, database, principal);
        } catch (ProblemException e) {
            return failure(e.problem(), NO_INDEX, prefer);
        }
    }

    private Answer single(QueryRequest.Single request, DatabaseName database, Principal principal) {
        JsonWriter json = buffers.newWriter();
        boolean answered = false;
        try {
            QueryEncoder encoder = new QueryEncoder(limits, json);
            StatementResult result = engine.query(database, principal, statement(request), encoder.single());
            Answer answer = success(encoder.finish(result));
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                json.close();
            }
        }
    }

    private Answer batch(
            List<QueryRequest.Single> requests, DatabaseName database, Principal principal, @Nullable String prefer) {
        List<Statement> statements = new ArrayList<>(requests.size());
        for (QueryRequest.Single request : requests) {
            try {
                statements.add(statement(request));
            } catch (ProblemException e) {
                return failure(e.problem(), statements.size(), prefer);
            }
        }
        JsonWriter json = buffers.newWriter();
        boolean answered = false;
        try {
            QueryEncoder encoder = new QueryEncoder(limits, json);
            BatchOutcome outcome = engine.queryBatch(database, principal, statements, encoder);
            Problem problem = outcome.problem();
            if (problem != null) {
                return failure(problem, outcome.failedIndex(), prefer);
            }
            Answer answer = success(encoder.finishBatch());
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                json.close();
            }
        }
    }

    private Statement statement(QueryRequest.Single request) {
        return new Statement(engine.statement(request.sql()), request.arguments());
    }

    private static Answer success(JsonWriter json) {
        return Answer.of(200, Answer.JSON, Body.of(json));
    }

    private static Answer failure(Problem problem, int failedIndex, @Nullable String prefer) {
        JsonWriter json = new JsonWriter();
        json.raw(ERROR);
        ErrorEnvelopes.writeObject(json, problem);
        if (failedIndex >= 0) {
            json.raw(FAILED_INDEX).integer(failedIndex);
        }
        json.raw('}').raw('\n');
        Map<String, String> headers = ErrorEnvelopes.headers(problem);
        int status = problem.code().status();
        if (problem instanceof Problem.SqlFailed && Preference.strictStatus(prefer)) {
            status = problem.code().strictStatus();
            headers.put("Preference-Applied", Preference.STRICT_STATUS);
        }
        return new Answer(status, Answer.JSON, headers, Body.of(json));
    }
}
