package net.quicsql.hrana;

import net.quicsql.http.Body;

/** Writes the message that answers one request of a WebSocket. One thread at a time. */
public interface SocketEncoder extends ResponseEncoder, AutoCloseable {
    /** The answer to a request of a kind that only WebSockets have, and that says no more than that it succeeded. */
    void done(SocketRequest.Kind kind);

    /** Begins the answer to a {@code fetch_cursor}. */
    void beginFetch();

    /**
     * Adds a part of an entry, as a {@link CursorEncoder} of the same encoding wrote it.
     *
     * @param ends whether it is the entry's last
     */
    void entryPart(byte[] part, boolean ends);

    /**
     * Ends the answer to a {@code fetch_cursor}.
     *
     * @param done whether there are no further entries
     */
    void endFetch(boolean done);

    /** The whole message. */
    Body finish();

    /** Drops what was written. Not to be called once there is a body: that is closed instead. */
    @Override
    void close();
}
