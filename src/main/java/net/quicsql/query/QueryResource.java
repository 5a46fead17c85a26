package net.quicsql.query;

import static java.util.Objects.requireNonNull;

import io.dropwizard.auth.Auth;
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
import net.quicsql.problem.Problem;

/** {@code POST /<database>/query}, whatever its Content-Type, and {@code POST /query}. Thread-safe. */
@Path("/")
public final class QueryResource {
    private static final String OF_DATABASE = "{database}/" + QueryDoor.PATH;

    private final QueryDoor door;

    public QueryResource(QueryDoor door) {
        this.door = requireNonNull(door, "door is null");
    }

    /** A query on the database in the path. */
    @POST
    @Path(OF_DATABASE)
    public Response query(
            @Auth Principal principal,
            @PathParam("database") String database,
            @Context HttpHeaders headers,
            InputStream body) {
        return JerseyAnswers.response(
                door.answer(principal, database, RequestHeaders.of(headers::getHeaderString), body));
    }

    /** A query on the database that a header, the host or the configuration names. */
    @POST
    @Path(QueryDoor.PATH)
    public Response query(@Auth Principal principal, @Context HttpHeaders headers, InputStream body) {
        return JerseyAnswers.response(door.answer(principal, null, RequestHeaders.of(headers::getHeaderString), body));
    }

    /** Refused, or Jersey would answer it by itself. */
    @OPTIONS
    @Path(OF_DATABASE)
    @SuppressWarnings("DoNotCallSuggester") // Jersey calls it
    public Response options() {
        throw new Problem.MethodNotAllowed("POST").toException();
    }

    /** Refused, or Jersey would answer it by itself. */
    @OPTIONS
    @Path(QueryDoor.PATH)
    public Response rootOptions() {
        return options();
    }
}
