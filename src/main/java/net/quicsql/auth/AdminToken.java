package net.quicsql.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.quicsql.access.AccessLevel;
import net.quicsql.access.Principal;

/**
 * The token of a server that was started without principals on an address that others can reach. The token itself is
 * shown once; the data directory keeps its SHA-256. Stateless.
 */
final class AdminToken {
    static final String FILE_NAME = "admin-token.sha256";
    static final String PREFIX = "qs_";
    static final String PRINCIPAL_NAME = "admin";

    private static final int RANDOM_BYTES = 32;

    private AdminToken() {}

    /**
     * The administrator whose token an earlier start made, if one did.
     *
     * @throws IllegalArgumentException the file does not hold a hash
     */
    static Optional<PrincipalConfig> load(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE_NAME);
        try {
            String hex = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return Optional.of(administrator(TokenHash.ofHex(hex)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file + " does not hold an admin token's hash. Restore it, or remove it for a new token.", e);
        }
    }

    /** A new token, of 256 random bits. */
    static String generate() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** Keeps a new token's hash; when this returns, the hash is on the disk. */
    static PrincipalConfig store(Path dataDirectory, TokenHash hash) throws IOException {
        Files.createDirectories(dataDirectory);
        Path draft = Files.createTempFile(dataDirectory, ".admin-token", ".tmp", ownerOnly());
        try {
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                ByteBuffer text = StandardCharsets.US_ASCII.encode(hash.hex() + "\n");
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            Files.move(draft, dataDirectory.resolve(FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        if (hasPosixPermissions()) {
            // A folder can be opened and forced where it has POSIX permissions; Windows does neither.
            try (FileChannel folder = FileChannel.open(dataDirectory, StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
        return administrator(hash);
    }

    private static PrincipalConfig administrator(TokenHash hash) {
        return new PrincipalConfig(PRINCIPAL_NAME, hash, Map.of(Principal.EVERY_DATABASE, AccessLevel.ADMIN));
    }

    private static FileAttribute<?>[] ownerOnly() {
        return hasPosixPermissions()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean hasPosixPermissions() {
        Set<String> views = FileSystems.getDefault().supportedFileAttributeViews();
        return views.contains("posix");
    }
}
