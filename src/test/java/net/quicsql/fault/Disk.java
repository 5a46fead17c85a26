package net.quicsql.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A folder's files as a disk may have them after the power failed at some moment, told from what a program did to them.
 * Not changed once made.
 *
 * <p>What was written to a file and synced before the moment is there. Of what was not synced, each sector of 512 bytes of
 * each write is there or not, by chance and in no order: half a page, or a late write without an early one. A name that a
 * file got or lost counts as synced with the folder only; before, it is there or not, by chance. A write does not harm
 * the bytes beside it, which SQLite takes for granted too.
 */
final class Disk {
    private static final int SECTOR_BYTES = 512;
    private static final long NEVER = Long.MAX_VALUE;

    private final List<File> files = new ArrayList<>();
    private final List<NameChange> nameChanges = new ArrayList<>();

    /** Something done to a file or to the folder. */
    private static final class Change {
        private final DiskEvent event;
        /** From when on a failure of power cannot undo it. */
        private long durableAt = NEVER;

        Change(DiskEvent event) {
            this.event = event;
        }

        void synced(DiskEvent sync) {
            if (durableAt == NEVER && event.ended() <= sync.began()) {
                durableAt = sync.ended();
            }
        }
    }

    /** A file, whatever its name. */
    private static final class File {
        private final List<Change> changes = new ArrayList<>();
    }

    /** A name that a file got, or lost where the file is null. */
    private record NameChange(Change change, String name, File file) {}

    /**
     * @param folder the folder of the files; it was empty at first
     * @param events all that was done in it, in order
     */
    Disk(Path folder, List<DiskEvent> events) {
        Map<String, File> byName = new HashMap<>();
        for (DiskEvent event : events) {
            String name = event.path();
            Change change = new Change(event);
            switch (event.kind()) {
                case MAKE -> {
                    if (!byName.containsKey(name)) {
                        File made = new File();
                        files.add(made);
                        byName.put(name, made);
                        nameChanges.add(new NameChange(change, name, made));
                    }
                }
                case UNLINK -> {
                    byName.remove(name);
                    nameChanges.add(new NameChange(change, name, null));
                }
                case WRITE, TRUNCATE -> byName.get(name).changes.add(change);
                case SYNC -> {
                    if (name.equals(folder.toString())) {
                        nameChanges.forEach(each -> each.change.synced(event));
                    } else {
                        byName.get(name).changes.forEach(each -> each.synced(event));
                    }
                }
            }
        }
    }

    /**
     * Makes the files in another folder.
     *
     * @param moment when the power failed, in microseconds since 1970
     * @param luck the share, from 0 to 1, of what was not synced that is there all the same
     */
    void restore(long moment, double luck, Random random, Path into) throws IOException {
        Map<String, File> byName = new HashMap<>();
        for (NameChange each : nameChanges) {
            if (each.change.event.began() <= moment
                    && (each.change.durableAt <= moment || random.nextDouble() < luck)) {
                if (each.file == null) {
                    byName.remove(each.name);
                } else {
                    byName.put(each.name, each.file);
                }
            }
        }
        for (Map.Entry<String, File> each : byName.entrySet()) {
            Files.write(
                    into.resolve(Path.of(each.getKey()).getFileName()), content(each.getValue(), moment, luck, random));
        }
    }

    private static byte[] content(File file, long moment, double luck, Random random) {
        Content content = new Content();
        for (Change change : file.changes) {
            DiskEvent event = change.event;
            if (event.began() > moment) {
                break;
            }
            boolean durable = change.durableAt <= moment;
            if (event.kind() == DiskEvent.Kind.TRUNCATE) {
                if (durable || random.nextDouble() < luck) {
                    content.truncate(Math.toIntExact(event.offset()));
                }
                continue;
            }
            int at = 0;
            while (at < event.bytes().length) {
                long position = event.offset() + at;
                int length = (int) Math.min(event.bytes().length - at, SECTOR_BYTES - position % SECTOR_BYTES);
                if (durable || random.nextDouble() < luck) {
                    content.write(Math.toIntExact(position), event.bytes(), at, length);
                }
                at += length;
            }
        }
        return content.bytes();
    }

    /** How many writes to files whose name ends so began within a span of time. */
    long writes(String nameEnd, long from, long to) {
        return files.stream()
                .flatMap(file -> file.changes.stream())
                .map(change -> change.event)
                .filter(event -> event.kind() == DiskEvent.Kind.WRITE
                        && event.path().endsWith(nameEnd)
                        && event.began() >= from
                        && event.began() <= to)
                .count();
    }

    /** Bytes that grow. */
    private static final class Content {
        private byte[] bytes = new byte[1 << 16];
        private int length;

        void write(int position, byte[] from, int at, int count) {
            require(position + count);
            System.arraycopy(from, at, bytes, position, count);
        }

        void truncate(int newLength) {
            require(newLength);
            java.util.Arrays.fill(bytes, newLength, bytes.length, (byte) 0);
            length = newLength;
        }

        byte[] bytes() {
            return java.util.Arrays.copyOf(bytes, length);
        }

        private void require(int end) {
            if (end > bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            length = Math.max(length, end);
        }
    }
}
