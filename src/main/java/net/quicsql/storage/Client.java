package net.quicsql.storage;

/** Who waits for an answer to what a thread does here. Implemented where connections are. Thread-safe. */
@FunctionalInterface
public interface Client {
    /** For work that no request asked for: nobody can leave it. */
    Client PRESENT = () -> false;

    /** Whether the client has gone away, so that nobody will read the answer. Never blocks; may cost a system call. */
    boolean isGone();
}
