package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import io.dropwizard.auth.Auth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
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
 * The HTTP endpoints of Hrana 2 and 3, with the database in the path or chosen otherwise. Takes any Content-Type and none,
 * and looks at no Accept header: the path alone says what is spoken. Both versions answer alike; version 2 merely has fewer
 * requests, and no client minds when more are known. Thread-safe.
 */
@Path("/")
public final class HranaResource {
    private static final String PIPELINE = "{version: v[23]}/pipeline";
    private static final String CURSOR = "v3/cursor";
    private static final String PROBE = "{version: v2|v3}";
    private static final String PROTOBUF_PROBE = "v3-protobuf";
    private static final String DATABASE = "{database}/";

    private final PipelineHandler pipelines;
    private final CursorHandler cursors;
    private final DatabaseSelector databases;
    private final Admission admission;
    private final int maxBodyBytes;
    private final MemoryBudget memory;

    public HranaResource(
            PipelineHandler pipelines,
            CursorHandler cursors,
            DatabaseSelector databases,
            Admission admission,
            HranaLimits limits,
            MemoryBudget memory) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.cursors = requireNonNull(cursors, "cursors is null");
        this.databases = requireNonNull(databases, "databases is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.maxBodyBytes = limits.maxBodyBytes();
        this.memory = requireNonNull(memory, "memory is null");
    }

    @POST
    @Path(DATABASE + PIPELINE)
    public Response pipeline(
            @Auth Principal principal,
            @PathParam("database") String database,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return pipeline(principal, database, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    @POST
    @Path(PIPELINE)
    public Response pipeline(
            @Auth Principal principal,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return pipeline(principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    @POST
    @Path(DATABASE + CURSOR)
    public Response cursor(
            @Auth Principal principal,
            @PathParam("database") String database,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return cursor(principal, database, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    @POST
    @Path(CURSOR)
    public Response cursor(
            @Auth Principal principal,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return cursor(principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    /** Refused, or Jersey would answer it by itself; so are the three below. */
    @OPTIONS
    @Path(DATABASE + PIPELINE)
    public Response pipelineOptionsOfDatabase() {
        return usePost();
    }

    @OPTIONS
    @Path(PIPELINE)
    public Response pipelineOptions() {
        return usePost();
    }

    @OPTIONS
    @Path(DATABASE + CURSOR)
    public Response cursorOptionsOfDatabase() {
        return usePost();
    }

    @OPTIONS
    @Path(CURSOR)
    public Response cursorOptions() {
        return usePost();
    }

    /** Says that a version is spoken, to anybody and whether or not the database exists. */
    @GET
    @Path(DATABASE + PROBE)
    public Response probeOfDatabase() {
        return supported();
    }

    @GET
    @Path(PROBE)
    public Response probe() {
        return supported();
    }

    /** Says that Protobuf is not spoken, whereupon clients use JSON. */
    @GET
    @Path(DATABASE + PROTOBUF_PROBE)
    public Response protobufProbeOfDatabase() {
        return unsupported(DATABASE + PROTOBUF_PROBE);
    }

    @GET
    @Path(PROTOBUF_PROBE)
    public Response protobufProbe() {
        return unsupported(PROTOBUF_PROBE);
    }

    private static Response supported() {
        return JerseyAnswers.response(Answer.of(200, Answer.TEXT, Body.of(new byte[0])));
    }

    private static Response usePost() {
        // Any path of Hrana chooses the envelope that its clients read.
        return JerseyAnswers.response(ErrorEnvelopes.error("/" + CURSOR, new Problem.MethodNotAllowed("POST")));
    }

    private static Response unsupported(String path) {
        return JerseyAnswers.response(ErrorEnvelopes.error(
                "/" + path, new Problem.NotFound("Hrana over Protobuf is not supported; use v3 or v2")));
    }

    private Response pipeline(Principal principal, @Nullable String path, RequestHeaders headers, InputStream body) {
        DatabaseName database = readable(principal, path, headers);
        try (MemoryShare share = memory.share()) {
            return JerseyAnswers.response(admission.admit(
                    principal, database, () -> pipelines.handle(read(headers, body, share), database, principal)));
        }
    }

    private Response cursor(Principal principal, @Nullable String path, RequestHeaders headers, InputStream body) {
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
