package net.quicsql.session;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign batons, kept in a file that only the server's user can read, so that parked streams outlive a
 * restart. After a rotation the keys before it verify for as long as a baton lives. Thread-safe.
 */
public final class BatonKeys {
    private static final String FILE_NAME = "baton.key";
    private static final String OWNER_ONLY = "rw-------";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private final Clock clock;
    private final Duration batonLifetime;
    private volatile List<Key> keys;

    private BatonKeys(Path file, Clock clock, Duration batonLifetime, List<Key> keys) {
        this.file = file;
        this.clock = clock;
        this.batonLifetime = batonLifetime;
        this.keys = keys;
    }

    /**
     * Reads the keys of a data directory, or makes the first one.
     *
     * @throws IOException where the file is there but cannot be read or holds no key: the server must not start, for a new
     *     key would end every parked stream
     */
    public static BatonKeys open(Path dataDirectory, Clock clock, Duration batonLifetime) throws IOException {
        Path file = dataDirectory.resolve(FILE_NAME);
        BatonKeys opened = new BatonKeys(file, requireNonNull(clock, "clock is null"), batonLifetime, List.of());
        if (Files.exists(file)) {
            opened.keys = read(file);
        } else {
            opened.rotate();
        }
        // The JVM reads files for its first one; if it can't then, no baton is ever signed.
        Mac unused = opened.current().newMac();
        return opened;
    }

    /** Signs with a new key from now on and forgets the keys that no living baton can be signed with. */
    public synchronized void rotate() throws IOException {
        long now = clock.instant().getEpochSecond();
        List<Key> next = new ArrayList<>();
        byte[] secret = new byte[KEY_BYTES];
        RANDOM.nextBytes(secret);
        next.add(new Key(RANDOM.nextInt(), now, secret));
        long replacedAt = now;
        for (Key key : keys) {
            if (now - replacedAt <= batonLifetime.toSeconds()) {
                next.add(key);
            }
            replacedAt = key.createdAtSeconds;
        }
        write(next);
        keys = List.copyOf(next);
    }

    Key current() {
        return keys.get(0);
    }

    @Nullable
    Key find(int number) {
        for (Key key : keys) {
            if (key.number == number) {
                return key;
            }
        }
        return null;
    }

    private static List<Key> read(Path file) throws IOException {
        List<Key> keys = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                String[] parts = line.trim().split(" ", -1);
                byte[] secret = Base64.getDecoder().decode(parts[2]);
                if (secret.length != KEY_BYTES) {
                    throw new IOException("the key file " + file + " is damaged");
                }
                keys.add(new Key(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), secret));
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("the key file " + file + " is damaged", e);
        }
        if (keys.isEmpty()) {
            throw new IOException("the key file " + file + " is empty");
        }
        return List.copyOf(keys);
    }

    private void write(List<Key> next) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Key key : next) {
            text.append(key.number)
                    .append(' ')
                    .append(key.createdAtSeconds)
                    .append(' ')
                    .append(Base64.getEncoder().encodeToString(key.secret))
                    .append('\n');
        }
        Path fresh = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(requireNonNull(file.getParent()), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    /** One key. Its text form is masked. */
    static final class Key {
        private final int number;
        private final long createdAtSeconds;
        private final byte[] secret;
        private final ThreadLocal<Mac> macs;

        Key(int number, long createdAtSeconds, byte[] secret) {
            this.number = number;
            this.createdAtSeconds = createdAtSeconds;
            this.secret = secret;
            this.macs = ThreadLocal.withInitial(this::newMac);
        }

        int number() {
            return number;
        }

        /** HMAC-SHA256 of the first bytes of an array. */
        byte[] sign(byte[] bytes, int length) {
            Mac mac = macs.get();
            mac.update(bytes, 0, length);
            return mac.doFinal();
        }

        @Override
        public String toString() {
            return "Key[" + number + "]";
        }

        private Mac newMac() {
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(new SecretKeySpec(secret, ALGORITHM));
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
            }
        }
    }
}
