package net.quicsql.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.quicsql.client.PackedServer;

/** Clients that insert a row each without a pause, until they are closed. None may be refused. */
final class Writers implements AutoCloseable {
    private final PackedServer server;
    private final String body;
    private final ExecutorService threads;
    private final List<Future<?>> running = new ArrayList<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /** @param rowBytes how much each row adds to the table {@code written(filler)}, which is made */
    Writers(PackedServer server, int count, int rowBytes) throws Exception {
        this.server = server;
        this.body = "{\"sql\":\"INSERT INTO written VALUES (randomblob(" + rowBytes + "))\"}";
        server.query("CREATE TABLE IF NOT EXISTS written (filler BLOB)");
        threads = Executors.newFixedThreadPool(count);
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(() -> {
                while (!over) {
                    write();
                }
                return null;
            }));
        }
    }

    /** Rows that were acknowledged. */
    int acknowledged() {
        return nanos.size();
    }

    /** What a request took, for a share of them from 0 to 1: the longest for 1. */
    long percentileMillis(double share) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return TimeUnit.NANOSECONDS.toMillis(sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size())));
    }

    boolean allRun() {
        return running.stream().noneMatch(Future::isDone);
    }

    /** Ends them and checks that every one of their requests succeeded and that each row is there once. */
    void finish() throws Exception {
        over = true;
        for (Future<?> writer : running) {
            writer.get(1, TimeUnit.MINUTES);
        }
        assertThat(server.value("SELECT count(*) FROM written").asInt()).isEqualTo(acknowledged());
    }

    @Override
    public void close() {
        over = true;
        threads.shutdownNow();
    }

    private void write() throws Exception {
        long started = System.nanoTime();
        HttpResponse<String> answer = server.post("/app/query", PackedServer.TOKEN, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("error");
        nanos.add(System.nanoTime() - started);
    }
}
