package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import io.dropwizard.auth.Auth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import net.quicsql.access.Principal;
import net.quicsql.http.JerseyAnswers;
import net.quicsql.http.RequestHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP endpoints of Hrana 1, 2 and 3, with the database in the path or chosen otherwise. Takes any Content-Type and none,
 * and looks at no Accept header: the path alone says what is spoken. Thread-safe.
 */
@Path("/")
public final class HranaResource {
    private static final String DATABASE = "{database}/";
    private static final String ENDPOINT = "{endpoint: " + HranaEndpoints.PATHS + "}";
    private static final String PROBE = "{version: " + HranaEndpoints.VERSIONS + "}";

    private final HranaDoor door;

    public HranaResource(HranaDoor door) {
        this.door = requireNonNull(door, "door is null");
    }

    @POST
    @Path(DATABASE + ENDPOINT)
    public Response post(
            @Auth Principal principal,
            @PathParam("database") String database,
            @PathParam("endpoint") String endpoint,
            @Context HttpHeaders headers,
            InputStream body) {
        return answer(endpoint, principal, database, headers, body);
    }

    @POST
    @Path(ENDPOINT)
    public Response post(
            @Auth Principal principal,
            @PathParam("endpoint") String endpoint,
            @Context HttpHeaders headers,
            InputStream body) {
        return answer(endpoint, principal, null, headers, body);
    }

    /** Refused, or Jersey would answer it by itself; so is the one below. */
    @OPTIONS
    @Path(DATABASE + ENDPOINT)
    public Response optionsOfDatabase() {
        return options();
    }

    @OPTIONS
    @Path(ENDPOINT)
    @SuppressWarnings("DoNotCallSuggester") // Jersey calls it
    public Response options() {
        throw HranaDoor.usePost();
    }

    /** Says that a version is spoken, to anybody and whether or not the database exists. */
    @GET
    @Path(DATABASE + PROBE)
    public Response probeOfDatabase() {
        return probe();
    }

    @GET
    @Path(PROBE)
    public Response probe() {
        return JerseyAnswers.response(HranaDoor.supported());
    }

    private Response answer(
            String endpoint, Principal principal, @Nullable String database, HttpHeaders headers, InputStream body) {
        return JerseyAnswers.response(
                door.answer(endpoint, principal, database, RequestHeaders.of(headers::getHeaderString), body));
    }
}
