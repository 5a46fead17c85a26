/**
 * Hrana over WebSocket: one connection, many streams. {@link net.quicsql.hrana.websocket.WebSocketDoor} takes the
 * handshakes; {@link net.quicsql.hrana.websocket.SocketFrames} makes messages of frames; {@link
 * net.quicsql.hrana.websocket.SocketConnection} is the protocol. Between two requests a stream has what its baton holds, as
 * over HTTP: nothing here knows a session or a connection to a database.
 *
 * <p>Requests to one stream run one after the other, on a thread of the server's pool; those to different streams run beside
 * each other, for one of them may wait for a lock that another holds. The thread that reads messages never runs a statement
 * and never waits for the client.
 *
 * <p>Locks: a {@code SocketStreams}' guards its tables of streams and cursors, a {@code SocketCursor}'s its entries, a
 * {@code SocketOutput}'s the order of messages, a {@code Lane}'s its tasks: how the last two go together, {@code Lane} says.
 * Nothing is called under the first that takes time; under the second a temporary file may be read or written.
 *
 * @see <a href="https://github.com/tursodatabase/libsql/blob/main/docs/HRANA_3_SPEC.md">Hrana 3</a>
 */
@NullMarked
package net.quicsql.hrana.websocket;

import org.jspecify.annotations.NullMarked;
