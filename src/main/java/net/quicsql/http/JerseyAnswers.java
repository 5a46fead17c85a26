package net.quicsql.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands answers to Jersey. Stateless. */
public final class JerseyAnswers {
    private static final Logger LOGGER = LoggerFactory.getLogger(JerseyAnswers.class);

    private JerseyAnswers() {}

    /** The answer as a Jersey response, which closes the answer's body after it was written or failed to be. */
    public static Response response(Answer answer) {
        Body body = answer.body();
        Response.ResponseBuilder response = Response.status(answer.status())
                .header(HttpHeaders.CONTENT_TYPE, answer.contentType())
                .entity((StreamingOutput) out -> write(body, out));
        if (body.length() >= 0) {
            response.header(HttpHeaders.CONTENT_LENGTH, body.length());
        }
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            response.header(header.getKey(), header.getValue());
        }
        return response.build();
    }

    private static void write(Body body, OutputStream out) {
        try (body) {
            body.writeTo(out);
        } catch (BrokenOffException e) {
            LOGGER.info("an answer broke off: {}", String.valueOf(e.getCause()));
            RequestClients.cutOff();
        } catch (IOException e) {
            // Only writing to the client throws this, and a client that left is nobody's error. Jetty has noted the
            // broken connection and ends the response as failed, not as complete.
            LOGGER.debug("the client left before the answer was written", e);
        }
    }
}
