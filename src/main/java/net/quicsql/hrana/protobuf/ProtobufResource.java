package net.quicsql.hrana.protobuf;

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
import net.quicsql.access.Principal;
import net.quicsql.hrana.CursorHandler;
import net.quicsql.hrana.HranaDoor;
import net.quicsql.hrana.PipelineHandler;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.RequestHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP endpoints of Hrana 3 in Protobuf, with the database in the path or chosen otherwise. Takes any Content-Type and
 * none, and looks at no Accept header: the path alone says what is spoken. Thread-safe.
 */
@Path("/")
public final class ProtobufResource {
    private static final String PIPELINE = "v3-protobuf/pipeline";
    private static final String CURSOR = "v3-protobuf/cursor";
    private static final String PROBE = "v3-protobuf";
    private static final String DATABASE = "{database}/";

    private final HranaDoor door;
    private final PipelineHandler pipelines;
    private final CursorHandler cursors;

    public ProtobufResource(HranaDoor door, PipelineHandler pipelines, CursorHandler cursors) {
        this.door = requireNonNull(door, "door is null");
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.cursors = requireNonNull(cursors, "cursors is null");
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
        return door.pipeline(
                pipelines,
                principal,
                database,
                new RequestHeaders(host, namespace, contentLength, contentEncoding),
                body);
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
        return door.pipeline(
                pipelines, principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
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
        return door.cursor(
                cursors,
                principal,
                database,
                new RequestHeaders(host, namespace, contentLength, contentEncoding),
                body);
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
        return door.cursor(
                cursors, principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    /** Refused, or Jersey would answer it by itself; so are the three below. */
    @OPTIONS
    @Path(DATABASE + PIPELINE)
    public Response pipelineOptionsOfDatabase() {
        return door.usePost();
    }

    @OPTIONS
    @Path(PIPELINE)
    public Response pipelineOptions() {
        return door.usePost();
    }

    @OPTIONS
    @Path(DATABASE + CURSOR)
    public Response cursorOptionsOfDatabase() {
        return door.usePost();
    }

    @OPTIONS
    @Path(CURSOR)
    public Response cursorOptions() {
        return door.usePost();
    }

    /** Says that Protobuf is spoken, to anybody and whether or not the database exists. */
    @GET
    @Path(DATABASE + PROBE)
    public Response probeOfDatabase() {
        return door.supported();
    }

    @GET
    @Path(PROBE)
    public Response probe() {
        return door.supported();
    }
}
