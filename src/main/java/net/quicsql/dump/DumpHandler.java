package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.engine.Snapshot;
import net.quicsql.engine.StreamEngine;
import net.quicsql.http.Admission;
import net.quicsql.http.Answer;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.RequestHeaders;
import net.quicsql.limits.MemoryBudget;
import org.jspecify.annotations.Nullable;

/** Begins dumps: finds the database, checks rights and takes the snapshot. Knows no Jersey. Thread-safe. */
public final class DumpHandler {
    /** Dumps are UTF-8 whatever the database's own encoding is, and a client that is not told guesses. */
    static final String CONTENT_TYPE = "text/plain;charset=utf-8";

    private final StreamEngine engine;
    private final DatabaseSelector databases;
    private final Admission admission;
    private final MemoryBudget memory;

    public DumpHandler(StreamEngine engine, DatabaseSelector databases, Admission admission, MemoryBudget memory) {
        this.engine = requireNonNull(engine, "engine is null");
        this.databases = requireNonNull(databases, "databases is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.memory = requireNonNull(memory, "memory is null");
    }

    /**
     * Answers with a dump, which is made while it is sent.
     *
     * @param path the database in the path; null where the path names none
     * @throws net.quicsql.problem.ProblemException whatever can be told before the first line is sent
     */
    public Answer handle(Principal principal, @Nullable String path, RequestHeaders headers) {
        DatabaseName database = databases.select(path, headers.namespace(), headers.host());
        AccessPolicy.requireRead(principal, database);
        return admission.admit(principal, database, () -> begin(principal, database));
    }

    private Answer begin(Principal principal, DatabaseName database) {
        Snapshot snapshot = engine.dump(database, principal);
        boolean begun = false;
        try {
            SqlDump dump = SqlDump.of(snapshot);
            begun = true;
            return Answer.of(200, CONTENT_TYPE, new DumpBody(snapshot, dump, memory.share()));
        } finally {
            if (!begun) {
                snapshot.close();
            }
        }
    }
}
