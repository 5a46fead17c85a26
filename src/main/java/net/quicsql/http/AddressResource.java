package net.quicsql.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import net.quicsql.access.DatabaseName;
import org.jspecify.annotations.Nullable;

/**
 * What somebody reads who opens the server's address, or a database's, in a browser: where clients go instead. The same for
 * anybody, and whether or not there is a database of that name. Stateless.
 */
@Path("/")
public final class AddressResource {
    /**
     * The path of a database's address. Endpoints that are called alike without a database would be taken for one's name
     * where they do not have a request's method.
     */
    public static final String DATABASE = "{database: (?!(?:query|dump)/?$)[^/]+}";

    private static final String TEXT = "text/plain;charset=utf-8";

    @GET
    public Response server(@HeaderParam(HttpHeaders.HOST) @Nullable String host) {
        return text("quicsql: this is the address of a server for SQL clients, not a page.\n\n", host, "<database>");
    }

    @GET
    @Path(DATABASE)
    public Response database(
            @PathParam("database") String database, @HeaderParam(HttpHeaders.HOST) @Nullable String host) {
        String name = new DatabaseName(database).value();
        return text("quicsql: this is the address of a database for SQL clients, not a page.\n\n", host, name);
    }

    private static Response text(String first, @Nullable String host, String database) {
        String address = ServerAddress.of(host) + database + "/";
        String text = first
                + "libSQL clients  " + address + "\n"
                + "curl            curl -H 'Authorization: Bearer TOKEN' -d '{\"sql\":\"select 1\"}' " + address
                + "query\n"
                + "all as SQL      curl -H 'Authorization: Bearer TOKEN' " + address + "dump\n";
        return JerseyAnswers.response(Answer.of(200, TEXT, Body.of(text.getBytes(StandardCharsets.UTF_8))));
    }
}
