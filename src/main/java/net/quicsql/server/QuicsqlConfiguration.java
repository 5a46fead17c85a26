package net.quicsql.server;

import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import net.quicsql.access.DatabaseName;
import net.quicsql.auth.AuthConfig;
import net.quicsql.http.HttpConfig;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.StorageConfig;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file: Dropwizard's sections ({@code server}, {@code logging}, {@code metrics}) and ours. It only
 * gathers; each section is checked by its own record. Not changed after it was read.
 */
public final class QuicsqlConfiguration extends Configuration {
    private static final Pattern HOST_SUFFIX = Pattern.compile("(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+");

    /** What the substitution of variables leaves as it is. */
    private static final Pattern UNSET_VARIABLE = Pattern.compile("\\$\\{[^}]*}");

    private Path dataDirectory = Path.of("data");
    private @Nullable DatabaseName defaultDatabase;
    private @Nullable String hostSuffix;
    private Map<DatabaseName, DatabaseConfig> databases = Map.of();
    private AuthConfig auth = AuthConfig.defaults();
    private LimitsConfig limits = LimitsConfig.defaults();
    private StorageConfig storage = StorageConfig.defaults();
    private HttpConfig http = HttpConfig.defaults();

    public QuicsqlConfiguration() {
        // For a file without the section "server".
        setServerFactory(ServerDefaults.server());
    }

    /** The folder of the database files and of the server's own state. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /** The database of requests that name none; empty where there is none. */
    public Optional<DatabaseName> defaultDatabase() {
        return Optional.ofNullable(defaultDatabase);
    }

    /** What follows a database's name in a Host header, as {@code .db.example.com}, in lower case; empty for no such routing. */
    public Optional<String> hostSuffix() {
        return Optional.ofNullable(hostSuffix);
    }

    /** The databases that the file lists, in its order; further ones may be found in the data directory. */
    public Map<DatabaseName, DatabaseConfig> databases() {
        return databases;
    }

    public AuthConfig auth() {
        return auth;
    }

    public LimitsConfig limits() {
        return limits;
    }

    public StorageConfig storage() {
        return storage;
    }

    public HttpConfig http() {
        return http;
    }

    @JsonProperty("data_dir")
    void setDataDirectory(@Nullable String text) {
        try {
            if (text == null || text.isBlank()) {
                throw new IllegalArgumentException("data_dir: must name a folder");
            }
            // A server that makes a folder of this name looks as if it had lost its databases.
            if (UNSET_VARIABLE.matcher(text).find()) {
                throw new IllegalArgumentException(
                        "data_dir: " + text + " names an environment variable that is not set and has no default");
            }
            dataDirectory = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("data_dir: is no path: " + e.getReason(), e);
        }
    }

    @JsonProperty("default_database")
    void setDefaultDatabase(@Nullable String text) {
        defaultDatabase = text == null || text.isEmpty() ? null : name("default_database", text);
    }

    @JsonProperty("host_suffix")
    void setHostSuffix(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            hostSuffix = null;
            return;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (!HOST_SUFFIX.matcher(lower).matches()) {
            throw new IllegalArgumentException("host_suffix: must begin with a point, as .db.example.com");
        }
        hostSuffix = lower;
    }

    @JsonProperty("databases")
    void setDatabases(@Nullable Map<String, @Nullable DatabaseConfig> entries) {
        Map<DatabaseName, DatabaseConfig> checked = new LinkedHashMap<>();
        Map<String, DatabaseName> folded = new LinkedHashMap<>();
        if (entries != null) {
            entries.forEach((text, config) -> {
                DatabaseName name = name("databases", text);
                DatabaseName other = folded.putIfAbsent(name.caseFolded(), name);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "databases: " + other + " and " + name + " differ in upper and lower case only");
                }
                checked.put(name, requireNonNullElseGet(config, DatabaseConfig::defaults));
            });
        }
        databases = Collections.unmodifiableMap(checked);
    }

    @JsonProperty("auth")
    void setAuth(@Nullable AuthConfig section) {
        auth = requireNonNullElseGet(section, AuthConfig::defaults);
    }

    @JsonProperty("limits")
    void setLimits(@Nullable LimitsConfig section) {
        limits = requireNonNullElseGet(section, LimitsConfig::defaults);
    }

    @JsonProperty("storage")
    void setStorage(@Nullable StorageConfig section) {
        storage = requireNonNullElseGet(section, StorageConfig::defaults);
    }

    @JsonProperty("http")
    void setHttp(@Nullable HttpConfig section) {
        http = requireNonNullElseGet(section, HttpConfig::defaults);
    }

    private static DatabaseName name(String key, String text) {
        return DatabaseName.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(key + ": '" + text
                        + "' can be no database's name (1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, and"
                        + " no endpoint word)"));
    }
}
