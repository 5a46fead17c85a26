package net.quicsql.hrana.legacy;

import static java.util.Objects.requireNonNull;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.http.JerseyAnswers;

/**
 * What the server tells anybody of itself: what it is, and that it is there. The same below every database, whether or not
 * there is one of that name. Thread-safe.
 */
@Path("/")
public final class VersionResource {
    private static final String HEALTHY = "ok\n";

    private final String version;

    /** @param version a line as JDBC clients take it apart: a name, a number of digits and dots, and something behind it */
    public VersionResource(String version) {
        this.version = requireNonNull(version, "version is null") + "\n";
    }

    @GET
    @Path("version")
    public Response version() {
        return text(version);
    }

    @GET
    @Path("{database}/version")
    public Response versionOfDatabase() {
        return text(version);
    }

    /** Says that requests are answered; how the databases are, the admin port tells. */
    @GET
    @Path("health")
    public Response health() {
        return text(HEALTHY);
    }

    private static Response text(String text) {
        return JerseyAnswers.response(Answer.of(200, Answer.TEXT, Body.of(text.getBytes(StandardCharsets.UTF_8))));
    }
}
