package net.quicsql.hrana.legacy;

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
import net.quicsql.hrana.HranaDoor;
import net.quicsql.hrana.HranaHandler;
import net.quicsql.http.AddressResource;
import net.quicsql.http.JerseyAnswers;
import net.quicsql.http.RequestHeaders;
import org.jspecify.annotations.Nullable;

/** {@code POST} to the bare address of a database, or of the server. Thread-safe. */
@Path("/")
public final class StatementsResource {
    private final HranaDoor door;
    private final HranaHandler statements;

    public StatementsResource(HranaDoor door, HranaHandler statements) {
        this.door = requireNonNull(door, "door is null");
        this.statements = requireNonNull(statements, "statements is null");
    }

    @POST
    @Path(AddressResource.DATABASE)
    public Response post(
            @Auth Principal principal,
            @PathParam("database") String database,
            @Context HttpHeaders headers,
            InputStream body) {
        return answer(principal, database, headers, body);
    }

    @POST
    public Response post(@Auth Principal principal, @Context HttpHeaders headers, InputStream body) {
        return answer(principal, null, headers, body);
    }

    /** Refused, or Jersey would answer it by itself; so is the one below. */
    @OPTIONS
    @Path(AddressResource.DATABASE)
    public Response optionsOfDatabase() {
        return options();
    }

    @OPTIONS
    @SuppressWarnings("DoNotCallSuggester") // Jersey calls it
    public Response options() {
        throw HranaDoor.usePost();
    }

    private Response answer(Principal principal, @Nullable String database, HttpHeaders headers, InputStream body) {
        return JerseyAnswers.response(
                door.answer(statements, principal, database, RequestHeaders.of(headers::getHeaderString), body));
    }
}
