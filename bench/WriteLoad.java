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
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Load for writes over HTTP: keep-alive connections, each with one request under way, all on one thread and one selector so
 * that the load takes little of the cores that it shares with the server. Unlike {@code wrk} it reads every answer, so a
 * statement that failed inside a 200 is seen, it carries batons from one request to the next, and it counts exactly: a
 * connection begins nothing after the time is over and waits for what it began.
 *
 * <p>Run by {@code bench/run}: {@code java -cp CLASSES WriteLoad PORT}. It reads lines {@code WORK DOOR CONNECTIONS
 * MILLISECONDS TOKEN[,TOKEN...]} and answers each with a line of JSON, so that one warm process serves all rounds; it ends
 * with its input. WORK is {@code insert}, {@code select1} or {@code transfer}, DOOR is {@code query} or {@code pipeline}.
 */
public final class WriteLoad {
    /** Whatever the time, so that the disk is not filled. */
    private static final int MOST = 1_000_000;

    /** Longer than the server's own limit for a wait. */
    private static final long SILENCE_MILLIS = 20_000;

    private static final AtomicInteger EVENTS = new AtomicInteger();

    private final List<Client> clients = new ArrayList<>();
    private final long end;
    private final long began;
    private int units;

    private WriteLoad(
            int port, String work, String door, int connections, long nanos, String[] tokens, Selector selector)
            throws IOException {
        for (int i = 0; i < connections; i++) {
            Client client = new Client(port, tokens[i % tokens.length], door, script(work, door, i));
            client.channel.register(selector, SelectionKey.OP_READ, client);
            clients.add(client);
        }
        began = System.nanoTime();
        end = began + nanos;
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            long nanos = Long.parseLong(words[3]) * 1_000_000;
            try (Selector selector = Selector.open()) {
                WriteLoad load = new WriteLoad(
                        port, words[0], words[1], Integer.parseInt(words[2]), nanos, words[4].split(","), selector);
                System.out.println(load.run(selector));
            } catch (FailedRequest e) {
                System.out.println("{\"failed\":\"" + e.getMessage().replaceAll("[^ -~]|[\\\\\"]", "'") + "\"}");
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
                    if (!client.read()) {
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
        StringBuilder each = new StringBuilder();
        for (Client client : clients) {
            all.addAll(client.waits);
            each.append(each.length() == 0 ? "" : ",").append(client.waits.count());
        }
        int requests = clients.get(0).script.requests();
        return "{" + all.json(1, elapsed) + ",\"requests_per_unit\":" + requests + ",\"per_connection\":[" + each
                + "]}";
    }

    private static Script script(String work, String door, int connection) {
        switch (work + " " + door) {
            case "insert query":
                return new One("\"rows_affected\":1,") {
                    @Override
                    String body() {
                        Event event = Event.number(EVENTS.getAndIncrement());
                        return "{\"sql\":\"" + Event.INSERT + "\",\"args\":[\"" + event.at() + "\",\"" + event.kind()
                                + "\",\"" + event.payload() + "\"]}";
                    }
                };
            case "insert pipeline":
                return new One("\"affected_row_count\":1,") {
                    @Override
                    String body() {
                        Event event = Event.number(EVENTS.getAndIncrement());
                        String arguments = text(event.at()) + "," + text(event.kind()) + "," + text(event.payload());
                        return execute(null, Event.INSERT, arguments, true);
                    }
                };
            case "select1 query":
                return new One("\"rows\":[[1]]") {
                    @Override
                    String body() {
                        return "{\"sql\":\"SELECT 1\"}";
                    }
                };
            case "select1 pipeline":
                return new One("\"rows\":[[{\"type\":\"integer\",\"value\":\"1\"}]]") {
                    @Override
                    String body() {
                        return execute(null, "SELECT 1", "", true);
                    }
                };
            case "transfer pipeline":
                return new Transfer(connection);
            default:
                throw new IllegalArgumentException(work + " " + door);
        }
    }

    private static String text(String value) {
        return "{\"type\":\"text\",\"value\":\"" + value + "\"}";
    }

    private static String execute(String baton, String sql, String arguments, boolean close) {
        return "{\"baton\":" + (baton == null ? "null" : "\"" + baton + "\"")
                + ",\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\",\"args\":[" + arguments
                + "],\"named_args\":[],\"want_rows\":true}}" + (close ? ",{\"type\":\"close\"}" : "") + "]}";
    }

    /** What one connection asks for, over and over; a unit is one or several requests. */
    private interface Script {
        /** How many requests a unit has. */
        int requests();

        /** The body of a unit's request number {@code step}; {@code answer} is what the one before it got. */
        String body(int step, String answer);

        /** What an answer must have. */
        String expected(int step);
    }

    /** A unit of one request. */
    private abstract static class One implements Script {
        private final String expected;

        One(String expected) {
            this.expected = expected;
        }

        abstract String body();

        @Override
        public int requests() {
            return 1;
        }

        @Override
        public String body(int step, String answer) {
            return body();
        }

        @Override
        public String expected(int step) {
            return expected;
        }
    }

    /** Takes one from an account and gives it to another: an interactive transaction of four requests on one stream. */
    private static final class Transfer implements Script {
        private static final int ACCOUNTS = 1_000;
        private final SplittableRandom random;

        Transfer(int seed) {
            random = new SplittableRandom(seed);
        }

        @Override
        public int requests() {
            return 4;
        }

        @Override
        public String body(int step, String answer) {
            String account = "{\"type\":\"integer\",\"value\":\"" + (random.nextInt(ACCOUNTS) + 1) + "\"}";
            switch (step) {
                case 0:
                    return execute(null, "BEGIN IMMEDIATE", "", false);
                case 1:
                    String take = "UPDATE accounts SET balance = balance - 1, given = given + 1 WHERE id = ?1";
                    return execute(baton(answer), take, account, false);
                case 2:
                    String give = "UPDATE accounts SET balance = balance + 1 WHERE id = ?1";
                    return execute(baton(answer), give, account, false);
                default:
                    return execute(baton(answer), "COMMIT", "", true);
            }
        }

        @Override
        public String expected(int step) {
            return step == 1 || step == 2 ? "\"affected_row_count\":1," : "\"affected_row_count\":0,";
        }

        private static String baton(String answer) {
            String before = "\"baton\":\"";
            int from = answer.indexOf(before);
            if (from < 0) {
                throw new FailedRequest("no baton in " + answer);
            }
            return answer.substring(from + before.length(), answer.indexOf('"', from + before.length()));
        }
    }

    /** One connection. */
    private static final class Client {
        final SocketChannel channel;
        final Script script;
        final Waits waits = new Waits();
        long unitBegan;
        private final String head;
        private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
        private int step;

        Client(int port, String token, String door, Script script) throws IOException {
            this.script = script;
            String path = door.equals("query") ? "/app/query" : "/app/v2/pipeline";
            head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer " + token
                    + "\r\nContent-Type: application/json\r\nContent-Length: ";
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
        }

        void begin(long now) throws IOException {
            unitBegan = now;
            step = 0;
            send(script.body(0, ""));
        }

        /** Reads what is there; true when the unit is done. */
        boolean read() throws IOException {
            if (channel.read(in) < 0) {
                throw new FailedRequest("the server closed a connection");
            }
            String answer = answer();
            if (answer == null) {
                return false;
            }
            if (!answer.startsWith("HTTP/1.1 200 ")
                    || !answer.contains(script.expected(step))
                    || answer.contains("\"error\"")) {
                throw new FailedRequest(answer);
            }
            if (++step == script.requests()) {
                return true;
            }
            send(script.body(step, answer));
            return false;
        }

        private void send(String body) throws IOException {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            byte[] request = (head + bytes.length + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8);
            if (channel.write(ByteBuffer.wrap(request)) < request.length) {
                throw new FailedRequest("a request did not fit into an idle connection");
            }
        }

        /** The whole answer, head and body, or null while some of it is missing. */
        private String answer() {
            String all = new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
            int body = all.indexOf("\r\n\r\n") + 4;
            if (body < 4) {
                return null;
            }
            String key = "\r\ncontent-length: ";
            String lower = all.substring(0, body).toLowerCase(Locale.ROOT);
            int at = lower.indexOf(key);
            if (at < 0) {
                throw new FailedRequest("no length in " + all);
            }
            int from = at + key.length();
            int length = Integer.parseInt(
                    lower.substring(from, lower.indexOf('\r', from)).trim());
            if (in.position() < body + length) {
                return null;
            }
            in.clear();
            return all;
        }
    }

    /** A request that did not do what it should: the measurement is worth nothing. */
    private static final class FailedRequest extends RuntimeException {
        private static final long serialVersionUID = 1;

        FailedRequest(String message) {
            super(message);
        }
    }
}
