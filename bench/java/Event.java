import java.time.Instant;

/** The row that all write workloads insert, in process and over HTTP: about 130 bytes. */
record Event(String at, String kind, String payload) {
    static final String INSERT = "INSERT INTO bench_events(at, kind, payload) VALUES(?1, ?2, ?3)";

    private static final long START = Instant.parse("2026-01-01T00:00:00.001Z").toEpochMilli();
    private static final String[] KINDS = {"order.placed", "order.paid", "order.sent", "order.returned"};

    static Event number(int n) {
        String payload = "order=" + (10_000_000 + n) + " customer=" + (1_000 + n % 9_000)
                + " total=129.90 currency=EUR items=3 channel=web state=open note=leave it with a neighbour";
        return new Event(Instant.ofEpochMilli(START + 10L * n).toString(), KINDS[n % KINDS.length], payload);
    }
}
