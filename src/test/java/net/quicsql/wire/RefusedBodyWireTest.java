package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused for what stands in front of their bodies leave the connection as it was. */
class RefusedBodyWireTest {
    /** The head and the body of a request race on their way; so often one of the two orders is sure to occur. */
    private static final int ROUNDS = 100;

    private static final String STRANGER = "nobody";
    private static final String BODY = "{\"sql\":\"SELECT 1\"}";

    @RegisterExtension
    static final WireServer SERVER = WireServer.with();

    @ParameterizedTest
    @ValueSource(strings = {"/app/query", "/app/v3/pipeline", "/app/v3/cursor", "/app", "/nowhere/at/all"})
    void keepsTheConnectionWhenTheBodyComesAfterTheRefusal(String path) throws IOException {
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            connection.socket().setTcpNoDelay(true);
            for (int i = 0; i < ROUNDS; i++) {
                String request = RawConnection.request(path, STRANGER, BODY);
                connection.send(request.substring(0, request.length() - BODY.length()));
                connection.send(BODY);
                assertThat(connection.answer()).contains("\"retryable\":false");
                connection.post("/app/query", WireServer.DEV, BODY);
                assertThat(connection.answer()).contains("[[1]]");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS /app/query",
                "OPTIONS /query",
                "OPTIONS /app/v3/pipeline",
                "OPTIONS /v3/cursor",
                "OPTIONS /app",
                "OPTIONS /",
                "OPTIONS /app/dump",
                "OPTIONS /dump",
                "HEAD /app/dump",
                "HEAD /dump"
            })
    void keepsTheConnectionWhenItsMethodIsRefusedBeforeTheBodyComes(String methodAndPath) throws IOException {
        String head = methodAndPath + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + BODY.length() + "\r\n\r\n";
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            connection.socket().setTcpNoDelay(true);
            for (int i = 0; i < ROUNDS; i++) {
                connection.send(head);
                connection.send(BODY);
                if (methodAndPath.startsWith("HEAD")) {
                    assertThat(connection.head()).startsWith("HTTP/1.1 405");
                } else {
                    assertThat(connection.answer()).contains("METHOD_NOT_ALLOWED");
                }
                connection.post("/app/query", WireServer.DEV, BODY);
                assertThat(connection.answer()).contains("[[1]]");
            }
        }
    }

    @Test
    void takesMoreThanTheSocketsHold() throws IOException {
        String body = BODY + " ".repeat(16 * 1024 * 1024);
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            connection.post("/app/query", STRANGER, body);
            assertThat(connection.answer()).contains("UNAUTHENTICATED");
            connection.post("/app/query", WireServer.DEV, BODY);
            assertThat(connection.answer()).contains("[[1]]");
        }
    }

    @Test
    void answersAClientThatAsksBeforeItSendsTheBody() throws IOException {
        String request = RawConnection.request("/app/query", STRANGER, BODY);
        String head = request.substring(0, request.length() - BODY.length() - 2) + "Expect: 100-continue\r\n\r\n";
        try (RawConnection connection = new RawConnection(SERVER.port()).send(head)) {
            String first = connection.head();
            if (first.startsWith("HTTP/1.1 100")) {
                connection.send(BODY);
                first = connection.head();
            } else {
                assertThat(first).contains("Connection: close");
            }
            assertThat(first).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void saysThatTheConnectionClosesBeforeMoreThanItWouldRead() throws IOException {
        try (RawConnection connection = new RawConnection(SERVER.port())) {
            connection.send("POST /app/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
            assertThat(connection.answer()).contains("UNAUTHENTICATED");
            assertThat(connection.drain()).isZero();
        }
    }
}
