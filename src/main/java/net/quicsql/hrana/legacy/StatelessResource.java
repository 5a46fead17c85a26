package net.quicsql.hrana.legacy;

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
import net.quicsql.hrana.HranaDoor;
import net.quicsql.hrana.PipelineHandler;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.RequestHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP endpoints of Hrana 1, where every request stands alone. Takes any Content-Type and none, and looks at no Accept
 * header. Thread-safe.
 */
@Path("/")
public final class StatelessResource {
    private static final String EXECUTE = "v1/execute";
    private static final String BATCH = "v1/batch";
    private static final String PROBE = "v1";
    private static final String DATABASE = "{database}/";

    private final HranaDoor door;
    private final PipelineHandler execute;
    private final PipelineHandler batch;

    public StatelessResource(HranaDoor door, PipelineHandler execute, PipelineHandler batch) {
        this.door = requireNonNull(door, "door is null");
        this.execute = requireNonNull(execute, "execute is null");
        this.batch = requireNonNull(batch, "batch is null");
    }

    @POST
    @Path(DATABASE + EXECUTE)
    public Response execute(
            @Auth Principal principal,
            @PathParam("database") String database,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return door.pipeline(
                execute,
                principal,
                database,
                new RequestHeaders(host, namespace, contentLength, contentEncoding),
                body);
    }

    @POST
    @Path(EXECUTE)
    public Response execute(
            @Auth Principal principal,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return door.pipeline(
                execute, principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    @POST
    @Path(DATABASE + BATCH)
    public Response batch(
            @Auth Principal principal,
            @PathParam("database") String database,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return door.pipeline(
                batch, principal, database, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    @POST
    @Path(BATCH)
    public Response batch(
            @Auth Principal principal,
            @HeaderParam(HttpHeaders.HOST) @Nullable String host,
            @HeaderParam(DatabaseSelector.NAMESPACE_HEADER) @Nullable String namespace,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) @Nullable String contentLength,
            @HeaderParam(HttpHeaders.CONTENT_ENCODING) @Nullable String contentEncoding,
            InputStream body) {
        return door.pipeline(
                batch, principal, null, new RequestHeaders(host, namespace, contentLength, contentEncoding), body);
    }

    /** Refused, or Jersey would answer it by itself; so are the three below. */
    @OPTIONS
    @Path(DATABASE + EXECUTE)
    public Response executeOptionsOfDatabase() {
        return door.usePost();
    }

    @OPTIONS
    @Path(EXECUTE)
    public Response executeOptions() {
        return door.usePost();
    }

    @OPTIONS
    @Path(DATABASE + BATCH)
    public Response batchOptionsOfDatabase() {
        return door.usePost();
    }

    @OPTIONS
    @Path(BATCH)
    public Response batchOptions() {
        return door.usePost();
    }

    /** Says that Hrana 1 is spoken, to anybody and whether or not the database exists. */
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
