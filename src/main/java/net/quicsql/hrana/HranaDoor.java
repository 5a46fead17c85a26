package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Admission;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.http.BodyReader;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.ErrorEnvelopes;
import net.quicsql.http.JerseyAnswers;
import net.quicsql.http.RequestHeaders;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoints of Hrana do, whatever their handlers speak: finds the database, checks rights before the body
 * is read, reads the body within its limit and hands it to the
 * handler. Thread-safe.
 */
public final class HranaDoor {
    private final DatabaseSelector databases;
    private final Admission admission;
    private final int maxBodyBytes;
    private final MemoryBudget memory;

    public HranaDoor(DatabaseSelector databases, Admission admission, HranaLimits limits, MemoryBudget memory) {
        this.databases = requireNonNull(databases, "databases is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.maxBodyBytes = limits.maxBodyBytes();
        this.memory = requireNonNull(memory, "memory is null");
    }

    /**
     * Answers a pipeline.
     *
     * @param path the database in the path; null where the path names none
     */
    public Response pipeline(
            PipelineHandler pipelines,
            Principal principal,
            @Nullable String path,
            RequestHeaders headers,
            InputStream body) {
        DatabaseName database = readable(principal, path, headers);
        try (MemoryShare share = memory.share()) {
            return JerseyAnswers.response(admission.admit(
                    principal, database, () -> pipelines.handle(read(headers, body, share), database, principal)));
        }
    }

    /**
     * Answers a cursor.
     *
     * @param path the database in the path; null where the path names none
     */
    public Response cursor(
            CursorHandler cursors,
            Principal principal,
            @Nullable String path,
            RequestHeaders headers,
            InputStream body) {
        DatabaseName database = readable(principal, path, headers);
        MemoryShare share = memory.share();
        boolean answered = false;
        try {
            Answer answer = admission.admit(
                    principal, database, () -> cursors.handle(read(headers, body, share), database, principal));
            // The statements and their arguments may be needed until the last row is sent.
            Response response = JerseyAnswers.response(answer.thenClose(share::close));
            answered = true;
            return response;
        } finally {
            if (!answered) {
                share.close();
            }
        }
    }

    /** The answer to a probe: 200 and nothing. */
    public Response supported() {
        return JerseyAnswers.response(Answer.of(200, Answer.TEXT, Body.of(new byte[0])));
    }

    /** Refuses another method than POST. */
    public Response usePost() {
        // Any path of Hrana chooses the envelope that its clients read.
        return JerseyAnswers.response(ErrorEnvelopes.error("/v3", new Problem.MethodNotAllowed("POST")));
    }

    private byte[] read(RequestHeaders headers, InputStream body, MemoryShare share) {
        return BodyReader.read(body, headers, maxBodyBytes, LimitsConfig.MAX_HRANA_BODY, share);
    }

    /** The request's database; rights on it are checked before the body is read. */
    private DatabaseName readable(Principal principal, @Nullable String path, RequestHeaders headers) {
        DatabaseName database = databases.select(path, headers.namespace(), headers.host());
        AccessPolicy.requireRead(principal, database);
        return database;
    }
}
