package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import io.dropwizard.auth.Auth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import net.quicsql.access.Principal;
import net.quicsql.http.JerseyAnswers;
import net.quicsql.http.RequestHeaders;
import net.quicsql.problem.Problem;
import org.jspecify.annotations.Nullable;

/** {@code GET /<database>/dump} and {@code GET /dump}. Thread-safe. */
@Path("/")
public final class DumpResource {
    private static final String OF_DATABASE = "{database}/dump";
    private static final String DUMP = "dump";

    private final DumpHandler handler;

    public DumpResource(DumpHandler handler) {
        this.handler = requireNonNull(handler, "handler is null");
    }

    /** A dump of the database in the path. */
    @GET
    @Path(OF_DATABASE)
    public Response dump(
            @Auth Principal principal, @PathParam("database") String database, @Context HttpHeaders headers) {
        return answer(principal, database, headers);
    }

    /** A dump of the database that a header, the host or the configuration names. */
    @GET
    @Path(DUMP)
    public Response dump(@Auth Principal principal, @Context HttpHeaders headers) {
        return answer(principal, null, headers);
    }

    /** Refused, or Jersey would begin a dump and never end it; so is the one below. */
    @HEAD
    @Path(OF_DATABASE)
    public Response headOfDatabase() {
        return useGet();
    }

    @HEAD
    @Path(DUMP)
    public Response head() {
        return useGet();
    }

    /** Refused, or Jersey would answer it by itself; so is the one below. */
    @OPTIONS
    @Path(OF_DATABASE)
    public Response optionsOfDatabase() {
        return useGet();
    }

    @OPTIONS
    @Path(DUMP)
    public Response options() {
        return useGet();
    }

    private Response answer(Principal principal, @Nullable String database, HttpHeaders headers) {
        return JerseyAnswers.response(handler.handle(principal, database, RequestHeaders.of(headers::getHeaderString)));
    }

    @SuppressWarnings("DoNotCallSuggester") // by what Jersey calls
    private static Response useGet() {
        throw new Problem.MethodNotAllowed("GET").toException();
    }
}
