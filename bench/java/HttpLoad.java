import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Load over HTTP: keep-alive connections, each with one request under way, all on one thread and one selector so that the load
 * takes little of the cores that it shares with the server. Unlike {@code wrk} it reads every answer, so a statement that failed
 * inside a 200 is seen, it carries batons from one request to the next, and it counts exactly: a connection begins nothing
 * after the time is over and waits for what it began.
 *
 * <p>Run by {@code bench/run}: {@code java -cp quicsql.jar:CLASSES HttpLoad}. It reads lines of JSON, each a load, and answers
 * each with a line of JSON, so that one warm process serves all rounds; it ends with its input. A load is {@code {"host",
 * "port", "authorizations": [one for each connection, or null], "rows", "millis", "steps": [{"path", "body", "expected":
 * [texts]}]}}: the steps are one unit, requests that follow each other on a connection. Paths and bodies are {@link Template}s.
 */
public final class HttpLoad {
    /** Whatever the time, so that the disk is not filled. */
    private static final int MOST = 1_000_000;

    /** Longer than the server's own limit for a wait. */
    private static final long SILENCE_MILLIS = 20_000;

    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocate(1 << 18);
    private final int steps;
    private final long began;
    private final long end;
    private int units;

    private HttpLoad(JsonNode load, Selector selector) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(load.get("host").textValue(), load.get("port").intValue());
        List<Step> unit = new ArrayList<>();
        for (JsonNode step : load.get("steps")) {
            unit.add(Step.of(step));
        }
        steps = unit.size();
        int number = 0;
        for (JsonNode authorization : load.get("authorizations")) {
            Client client = new Client(
                    address, authorization.textValue(), unit, load.get("rows").intValue(), number++);
            client.channel.register(selector, SelectionKey.OP_READ, client);
            clients.add(client);
        }
        began = System.nanoTime();
        end = began + load.get("millis").longValue() * 1_000_000;
    }

    public static void main(String[] arguments) throws Exception {
        ObjectMapper json = new ObjectMapper();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try (Selector selector = Selector.open()) {
                System.out.println(new HttpLoad(json.readTree(line), selector).run(selector));
            } catch (FailedRequest | IOException e) {
                System.out.println(json.writeValueAsString(
                        json.createObjectNode().put("failed", String.valueOf(e.getMessage()))));
            }
        }
    }

    private String run(Selector selector) throws IOException {
        try {
            for (Client client : clients) {
                client.begin(System.nanoTime());
            }
            int busy = clients.size();
            while (busy > 0) {
                if (selector.select(SILENCE_MILLIS) == 0) {
                    throw new FailedRequest("no answer for " + SILENCE_MILLIS + " ms");
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    Client client = (Client) key.attachment();
                    if (!client.read(in)) {
                        continue;
                    }
                    long now = System.nanoTime();
                    client.waits.add(now - client.unitBegan);
                    if (now < end && ++units < MOST) {
                        client.begin(now);
                    } else {
                        busy--;
                    }
                }
                selector.selectedKeys().clear();
            }
            return result(System.nanoTime() - began);
        } finally {
            for (Client client : clients) {
                client.channel.close();
            }
        }
    }

    private String result(long elapsed) {
        Waits all = new Waits();
        long bytes = 0;
        StringBuilder each = new StringBuilder();
        for (Client client : clients) {
            all.addAll(client.waits);
            bytes += client.bytes;
            each.append(each.length() == 0 ? "" : ",").append(client.waits.count());
        }
        return "{" + all.json(1, elapsed) + ",\"requests_per_unit\":" + steps + ",\"body_bytes\":" + bytes
                + ",\"per_connection\":[" + each + "]}";
    }

    /** One request of a unit. */
    private record Step(Template path, Template body, List<String> expected) {
        static Step of(JsonNode step) {
            List<String> expected = new ArrayList<>();
            step.get("expected").forEach(text -> expected.add(text.textValue()));
            return new Step(
                    Template.of(step.get("path").textValue()),
                    Template.of(step.get("body").textValue()),
                    List.copyOf(expected));
        }

        void check(Answers answers) {
            String body = answers.body();
            boolean good = answers.isOk() && !body.contains("\"error\"") && !body.contains("\"message\"");
            for (String text : expected) {
                good &= body.contains(text);
            }
            if (!good) {
                throw new FailedRequest(answers.status() + ' ' + body.substring(0, Math.min(body.length(), 2_000)));
            }
        }
    }

    /** One connection. */
    private static final class Client {
        private static final String BATON = "\"baton\":\"";

        final SocketChannel channel;
        final Waits waits = new Waits();
        long unitBegan;
        long bytes;
        private final List<Step> unit;
        private final int rows;
        private final String headers;
        private final SplittableRandom random;
        private final Answers answers = new Answers();
        private String baton;
        private int step;

        Client(InetSocketAddress address, String authorization, List<Step> unit, int rows, int number)
                throws IOException {
            this.unit = unit;
            this.rows = rows;
            this.random = new SplittableRandom(number);
            headers = " HTTP/1.1\r\nHost: " + address.getHostString() + ":" + address.getPort()
                    + (authorization == null ? "" : "\r\nAuthorization: " + authorization)
                    + "\r\nContent-Type: application/json\r\nContent-Length: ";
            channel = SocketChannel.open();
            // A request goes out at once: a batch of inserts is larger than what a new connection takes by itself.
            channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 18);
            channel.connect(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
        }

        void begin(long now) throws IOException {
            unitBegan = now;
            step = 0;
            send();
        }

        /** Reads what is there; true when the unit is done. */
        boolean read(ByteBuffer in) throws IOException {
            in.clear();
            if (channel.read(in) < 0) {
                throw new FailedRequest("the server closed a connection");
            }
            if (!answers.take(in.flip())) {
                return false;
            }
            unit.get(step).check(answers);
            bytes += answers.bodyBytes();
            baton = baton(answers.body());
            answers.reset();
            if (++step == unit.size()) {
                return true;
            }
            send();
            return false;
        }

        private void send() throws IOException {
            Step next = unit.get(step);
            byte[] body = next.body().fill(random, rows, baton).getBytes(StandardCharsets.UTF_8);
            String path = next.path().fill(random, rows, baton);
            byte[] head = ("POST " + path + headers + body.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
            ByteBuffer request = ByteBuffer.allocate(head.length + body.length)
                    .put(head)
                    .put(body)
                    .flip();
            channel.write(request);
            if (request.hasRemaining()) {
                throw new FailedRequest("a request did not fit into an idle connection");
            }
        }

        private static String baton(String answer) {
            int at = answer.indexOf(BATON);
            if (at < 0) {
                return null;
            }
            int from = at + BATON.length();
            return answer.substring(from, answer.indexOf('"', from));
        }
    }
}
