package net.quicsql.query;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import net.quicsql.access.AccessPolicy;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.http.Admission;
import net.quicsql.http.Answer;
import net.quicsql.http.BodyReader;
import net.quicsql.http.DatabaseSelector;
import net.quicsql.http.Door;
import net.quicsql.http.RequestHeaders;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import org.jspecify.annotations.Nullable;

/** The door of {@code /query}. Knows no Jersey. Thread-safe. */
public final class QueryDoor implements Door {
    /** What stands behind the database in its path. */
    public static final String PATH = "query";

    private final QueryHandler handler;
    private final DatabaseSelector selector;
    private final Admission admission;
    private final long maxBodyBytes;
    private final MemoryBudget memory;

    /**
     * @param maxBodyBytes the most bytes of a body, at least 1
     */
    public QueryDoor(
            QueryHandler handler,
            DatabaseSelector selector,
            Admission admission,
            long maxBodyBytes,
            MemoryBudget memory) {
        this.handler = requireNonNull(handler, "handler is null");
        this.selector = requireNonNull(selector, "selector is null");
        this.admission = requireNonNull(admission, "admission is null");
        this.maxBodyBytes = maxBodyBytes;
        this.memory = requireNonNull(memory, "memory is null");
    }

    @Override
    public Answer answer(Principal principal, @Nullable String path, RequestHeaders headers, InputStream body) {
        DatabaseName database = selector.select(path, headers.namespace(), headers.host());
        // Asked here too, before the body is read: a stranger shall not make us take 8 MiB.
        AccessPolicy.requireRead(principal, database);
        try (MemoryShare share = memory.share()) {
            return admission.admit(
                    principal,
                    database,
                    () -> handler.handle(
                            BodyReader.read(body, headers, maxBodyBytes, LimitsConfig.MAX_QUERY_BODY, share),
                            database,
                            principal,
                            headers.prefer()));
        }
    }
}
