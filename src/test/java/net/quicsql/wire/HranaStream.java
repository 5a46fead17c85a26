package net.quicsql.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A stream as a client has it: the latest baton. */
final class HranaStream {
    private final HranaClient client;
    private String baton;

    HranaStream(HranaClient client, String baton) {
        this.client = client;
        this.baton = baton;
    }

    /** The baton of the next request; null before the first request and after a close. */
    String baton() {
        return baton;
    }

    Results send(String... requests) throws IOException {
        Results results = client.pipeline(baton, requests);
        baton = results.baton();
        return results;
    }

    /** Sends from another thread; until it is done the stream is not to be used. */
    CompletableFuture<Results> sendAsync(String... requests) {
        return client.pipelineAsync(baton, requests).thenApply(results -> {
            baton = results.baton();
            return results;
        });
    }

    CursorEntries cursor(String... steps) throws IOException {
        CursorEntries entries = client.cursor(baton, steps);
        baton = entries.baton();
        return entries;
    }

    /** Runs statements that must succeed. */
    HranaStream run(String... statements) throws IOException {
        for (String sql : statements) {
            send(Requests.execute(sql)).response(0);
        }
        return this;
    }

    boolean isAutocommit() throws IOException {
        return send(Requests.GET_AUTOCOMMIT).autocommit(0);
    }

    /** Sends a request whose baton is to be refused, and returns the code. */
    String refused(int status) throws IOException {
        return client.refusal(status, baton, Requests.GET_AUTOCOMMIT);
    }

    void close() throws IOException {
        assertThat(send(Requests.CLOSE).codes()).containsExactly("ok");
        assertThat(baton).isNull();
    }
}
