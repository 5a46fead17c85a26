package net.quicsql.fault;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@link Strace#recorder} wrote. Stateless.
 *
 * <p>A call that changes files and that the reader does not know is an error: a replay that left it out would prove
 * nothing.
 */
final class DiskTrace {
    /** Every call by which a file of a folder can change, be it one that SQLite does not use today. */
    static final String CALLS =
            "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,ftruncate,truncate,"
                    + "fallocate,unlink,unlinkat,rename,renameat,renameat2,link,linkat,copy_file_range,sendfile,splice";

    private static final Pattern LINE = Pattern.compile("(\\d+) +(\\d+)\\.(\\d{6}) (.*)");
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)");
    private static final String UNFINISHED = " <unfinished ...>";
    private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\) += (-?\\d+)(.*?)(?: <(\\d+)\\.(\\d{6})>)?");
    private static final Pattern DESCRIPTOR = Pattern.compile("\\d+<((?:\\\\x[0-9a-f]{2})*)>(\\(deleted\\))?(.*)");
    private static final Pattern TEXT = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"(.*)");

    private DiskTrace() {}

    /** The events on the files and the folder itself, in the order in which they began. */
    static List<DiskEvent> read(Path log) throws IOException {
        List<DiskEvent> events = new ArrayList<>();
        Map<String, String> unfinished = new HashMap<>();
        Map<String, Long> began = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher parts = match(LINE, line);
                String thread = parts.group(1);
                long micros = Long.parseLong(parts.group(2)) * 1_000_000 + Long.parseLong(parts.group(3));
                String call = parts.group(4);
                if (call.startsWith("+++") || call.startsWith("---")) {
                    continue;
                }
                if (call.endsWith(UNFINISHED)) {
                    unfinished.put(thread, call.substring(0, call.length() - UNFINISHED.length()));
                    began.put(thread, micros);
                    continue;
                }
                Matcher resumed = RESUMED.matcher(call);
                if (resumed.matches()) {
                    call = unfinished.remove(thread) + resumed.group(2);
                    micros = began.remove(thread);
                }
                DiskEvent event = event(call, micros);
                if (event != null) {
                    events.add(event);
                }
            }
        }
        // What the kill interrupted may have had its effect or not: it began, and never ended.
        unfinished.forEach((thread, call) -> {
            DiskEvent event = event(call + ") = 1000000", began.get(thread));
            if (event != null && event.kind() == DiskEvent.Kind.WRITE) {
                events.add(new DiskEvent(
                        event.kind(), event.path(), event.began(), Long.MAX_VALUE, event.offset(), event.bytes()));
            }
        });
        events.sort(Comparator.comparingLong(DiskEvent::began));
        return events;
    }

    private static DiskEvent event(String line, long began) {
        Matcher call = CALL.matcher(line);
        if (!call.matches()) {
            if (line.contains(" = ?")) {
                // The process was killed meanwhile.
                return null;
            }
            throw new AssertionError("not understood: " + shortened(line));
        }
        String name = call.group(1);
        String arguments = call.group(2);
        long result = Long.parseLong(call.group(3));
        long ended = call.group(5) == null
                ? began
                : began + Long.parseLong(call.group(5)) * 1_000_000 + Long.parseLong(call.group(6));
        if (result < 0) {
            return null;
        }
        switch (name) {
            case "openat" -> {
                if (!arguments.contains("O_CREAT")) {
                    return null;
                }
                Matcher path = match(TEXT, arguments.substring(arguments.indexOf('"')));
                return new DiskEvent(DiskEvent.Kind.MAKE, text(path.group(1)), began, ended, 0, new byte[0]);
            }
            case "unlink" -> {
                Matcher path = match(TEXT, arguments);
                return new DiskEvent(DiskEvent.Kind.UNLINK, text(path.group(1)), began, ended, 0, new byte[0]);
            }
            case "fsync", "fdatasync" -> {
                Matcher file = match(DESCRIPTOR, arguments);
                return file.group(2) != null
                        ? null
                        : new DiskEvent(DiskEvent.Kind.SYNC, text(file.group(1)), began, ended, 0, new byte[0]);
            }
            case "ftruncate" -> {
                Matcher file = match(DESCRIPTOR, arguments);
                return new DiskEvent(
                        DiskEvent.Kind.TRUNCATE,
                        text(file.group(1)),
                        began,
                        ended,
                        Long.parseLong(file.group(3).substring(2)),
                        new byte[0]);
            }
            case "pwrite64" -> {
                Matcher file = match(DESCRIPTOR, arguments);
                Matcher data = match(TEXT, file.group(3).substring(2));
                byte[] bytes = bytes(data.group(1));
                String[] numbers = data.group(2).substring(2).split(", ");
                if (bytes.length != Integer.parseInt(numbers[0]) || result < bytes.length) {
                    throw new AssertionError("written in part, or recorded in part: " + shortened(line));
                }
                return new DiskEvent(
                        DiskEvent.Kind.WRITE, text(file.group(1)), began, ended, Long.parseLong(numbers[1]), bytes);
            }
            default -> throw new AssertionError("the replay does not know this call yet: " + shortened(line));
        }
    }

    private static Matcher match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new AssertionError("not understood: " + shortened(text));
        }
        return matcher;
    }

    private static String text(String escaped) {
        return new String(bytes(escaped), StandardCharsets.UTF_8);
    }

    /** The bytes of {@code \x00\x01…}. */
    private static byte[] bytes(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length() / 4);
        for (int i = 2; i < escaped.length(); i += 4) {
            bytes.write(Character.digit(escaped.charAt(i), 16) << 4 | Character.digit(escaped.charAt(i + 1), 16));
        }
        return bytes.toByteArray();
    }

    private static String shortened(String line) {
        return line.length() > 500 ? line.substring(0, 500) + "…" : line;
    }
}
