package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Admission;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.http.BodyReader;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.Door;
import net.quicsql.http.RequestHeaders;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoints of Hrana do, whatever their handlers speak: finds the database, checks rights before the body is read,
 * reads the body within its limit and hands it to the handler. Knows no Jersey. Thread-safe.
 */
public final class HranaDoor {
    private final HranaEndpoints endpoints;
    private final DatabaseSelector databases;
    private final Admission admission;
    private final int maxBodyBytes;
    private final MemoryBudget memory;

    public HranaDoor(
            HranaEndpoints endpoints,
            DatabaseSelector databases,
            Admission admission,
            HranaLimits limits,
            MemoryBudget memory) {
        this.endpoints = requireNonNull(endpoints, "endpoints is null");
        this.databases = requireNonNull(databases, "databases is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.maxBodyBytes = limits.maxBodyBytes();
        this.memory = requireNonNull(memory, "memory is null");
    }

    /**
     * Answers a request to one of the {@link HranaEndpoints}.
     *
     * @param endpoint its path behind the database
     * @param database the database in the path; null where the path names none
     */
    public Answer answer(
            String endpoint, Principal principal, @Nullable String database, RequestHeaders headers, InputStream body) {
        HranaHandler handler = endpoints
                .at(endpoint)
                .orElseThrow(() -> new Problem.NotFound("unknown path: " + endpoint).toException());
        return answer(handler, principal, database, headers, body);
    }

    /** A door for each endpoint, by its path behind the database. */
    public Map<String, Door> doors() {
        Map<String, Door> doors = new HashMap<>();
        endpoints
                .all()
                .forEach((path, handler) -> doors.put(
                        path,
                        (principal, database, headers, body) -> answer(handler, principal, database, headers, body)));
        return doors;
    }

    /** The same by a handler that is in no table. */
    public Answer answer(
            HranaHandler handler,
            Principal principal,
            @Nullable String path,
            RequestHeaders headers,
            InputStream body) {
        DatabaseName database = databases.select(path, headers.namespace(), headers.host());
        AccessPolicy.requireRead(principal, database);
        MemoryShare share = memory.share();
        boolean kept = false;
        try {
            Answer answer = admission.admit(
                    principal, database, () -> handler.handle(read(headers, body, share), database, principal));
            kept = handler.keepsRequest();
            return kept ? answer.thenClose(share::close) : answer;
        } finally {
            if (!kept) {
                share.close();
            }
        }
    }

    /** The answer to a probe: 200 and nothing. */
    public static Answer supported() {
        return Answer.of(200, Answer.TEXT, Body.of(new byte[0]));
    }

    /** Refuses another method than POST. To be thrown: whoever answers it takes a body off the connection too. */
    public static ProblemException usePost() {
        return new Problem.MethodNotAllowed("POST").toException();
    }

    private byte[] read(RequestHeaders headers, InputStream body, MemoryShare share) {
        return BodyReader.read(body, headers, maxBodyBytes, LimitsConfig.MAX_HRANA_BODY, share);
    }
}
