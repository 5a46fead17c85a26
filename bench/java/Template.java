import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A text with places for values, between dollar signs: {@code $row$}, {@code $start$} and {@code $account$} are random
 * numbers, {@code $database$} too, with four digits, {@code $at$} takes the next event and has its time, {@code $kind$} and {@code $payload$} belong to that same event,
 * {@code $baton$} is the last answer's as JSON, {@code null} before the first. Immutable.
 */
final class Template {
    static final int ACCOUNTS = 1_000;
    private static final int DATABASES = 1_000;
    private static final AtomicInteger EVENTS = new AtomicInteger();

    /** Texts at even places, names of values at odd ones. */
    private final List<String> parts;

    private Template(List<String> parts) {
        this.parts = parts;
    }

    static Template of(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
            parts.add(text.substring(from, at));
            from = at + 1;
        }
        parts.add(text.substring(from));
        if (parts.size() % 2 == 0) {
            throw new IllegalArgumentException("a dollar sign too many in " + text);
        }
        return new Template(parts);
    }

    String fill(SplittableRandom random, int rows, String baton) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        StringBuilder text = new StringBuilder(512);
        Event event = null;
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (i % 2 == 0) {
                text.append(part);
                continue;
            }
            if (part.equals("at")) {
                event = Event.number(EVENTS.getAndIncrement());
            }
            switch (part) {
                case "row" -> text.append(random.nextInt(rows) + 1);
                case "start" -> text.append(random.nextInt(rows - 99));
                case "account" -> text.append(random.nextInt(ACCOUNTS) + 1);
                case "database" -> text.append(String.format("%04d", random.nextInt(DATABASES)));
                case "baton" -> text.append(baton == null ? "null" : '"' + baton + '"');
                case "at" -> text.append(event.at());
                case "kind" -> text.append(event.kind());
                case "payload" -> text.append(event.payload());
                default -> throw new IllegalArgumentException("$" + part + "$");
            }
        }
        return text.toString();
    }
}
