package net.quicsql.storage;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.quicsql.access.DatabaseName;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the section {@code databases} of the configuration. Immutable.
 *
 * @param file path of the database file, relative to the data directory unless absolute; null for {@code <name>.db} in the
 *     data directory and for a database in memory
 * @param foreignKeys whether foreign keys are enforced on connections that do not say otherwise
 */
public record DatabaseConfig(
        DatabaseKind kind,
        @Nullable String file,
        DatabaseMode mode,
        JournalChoice journal,
        Synchronous synchronous,
        boolean foreignKeys,
        BeginMode begin) {

    /** @throws IllegalArgumentException settings that contradict each other or an impossible path; the text names the key */
    public DatabaseConfig {
        requireNonNull(kind, "kind is null");
        requireNonNull(mode, "mode is null");
        requireNonNull(journal, "journal is null");
        requireNonNull(synchronous, "synchronous is null");
        requireNonNull(begin, "begin is null");
        if (kind == DatabaseKind.MEMORY && file != null) {
            throw new IllegalArgumentException("file: must be left out where kind is memory");
        }
        if (kind == DatabaseKind.MEMORY && mode == DatabaseMode.RO) {
            throw new IllegalArgumentException("mode: must be rw where kind is memory");
        }
        if (file != null) {
            checkFile(file);
        }
    }

    public static DatabaseConfig defaults() {
        return of(null, null, null, null, null, null, null);
    }

    /** The entry as it stands in YAML; what is null has its default, and this is where the defaults are. */
    @JsonCreator
    static DatabaseConfig of(
            @JsonProperty("kind") @Nullable String kind,
            @JsonProperty("file") @Nullable String file,
            @JsonProperty("mode") @Nullable String mode,
            @JsonProperty("journal") @Nullable String journal,
            @JsonProperty("synchronous") @Nullable String synchronous,
            @JsonProperty("foreign_keys") @Nullable String foreignKeys,
            @JsonProperty("begin") @Nullable String begin) {
        return new DatabaseConfig(
                choice("kind", kind, DatabaseKind.FILE),
                file,
                choice("mode", mode, DatabaseMode.RW),
                choice("journal", journal, JournalChoice.WAL),
                choice("synchronous", synchronous, Synchronous.FULL),
                foreignKeys == null || isOn("foreign_keys", foreignKeys),
                choice("begin", begin, BeginMode.DEFERRED));
    }

    /** Where the file is; of no meaning for a database in memory. */
    public Path path(DatabaseName name, Path dataDirectory) {
        return dataDirectory.resolve(requireNonNullElse(file, name + ".db"));
    }

    /** The constant of that name, in lower case as YAML has it. */
    static <E extends Enum<E>> E choice(String key, @Nullable String text, E fallback) {
        if (text == null) {
            return fallback;
        }
        List<String> names = new ArrayList<>();
        for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        throw new IllegalArgumentException(key + ": must be " + String.join(" or ", names));
    }

    private static void checkFile(String file) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("file: is no path: " + e.getReason(), e);
        }
        if (file.isBlank() || path.getFileName() == null) {
            throw new IllegalArgumentException("file: must name a file");
        }
        if (!path.isAbsolute() && path.normalize().startsWith("..")) {
            throw new IllegalArgumentException(
                    "file: must be inside the data directory; a file elsewhere is given by its absolute path");
        }
    }

    /** YAML 1.1 reads a bare {@code off} as false, this parser reads it as text: both are taken. */
    private static boolean isOn(String key, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on", "true", "yes" -> true;
            case "off", "false", "no" -> false;
            default -> throw new IllegalArgumentException(key + ": must be on or off");
        };
    }
}
