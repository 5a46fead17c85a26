package net.quicsql.hrana;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** What a client sends over a WebSocket (Hrana 3, "Messages"). Immutable. */
public sealed interface ClientMessage {
    /**
     * Says who the client is; its first message, and later ones change it.
     *
     * @param jwt a token of whatever kind the server takes; null or empty for none
     */
    record Hello(@Nullable String jwt) implements ClientMessage {}

    /**
     * Asks for something.
     *
     * @param requestId the client's number, which its answer repeats
     */
    record Request(int requestId, SocketRequest request) implements ClientMessage {
        public Request {
            requireNonNull(request, "request is null");
        }
    }
}
