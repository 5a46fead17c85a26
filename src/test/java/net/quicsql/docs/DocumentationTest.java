package net.quicsql.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.quicsql.access.DatabaseName;
import net.quicsql.auth.AuthConfig;
import net.quicsql.auth.PrincipalConfig;
import net.quicsql.http.HttpConfig;
import net.quicsql.limits.LimitsConfig;
import net.quicsql.metrics.DatabaseMetrics;
import net.quicsql.metrics.ErrorKind;
import net.quicsql.metrics.Operation;
import net.quicsql.metrics.ServerMetrics;
import net.quicsql.problem.ProblemCode;
import net.quicsql.server.GraphiteReporterFactory;
import net.quicsql.server.QuicsqlConfiguration;
import net.quicsql.storage.DatabaseConfig;
import net.quicsql.storage.StorageConfig;
import net.quicsql.testing.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents say of links, keys, defaults, codes and metrics is what the code has. */
class DocumentationTest {
    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir", "."));
    private static final Path CONFIGURATION = BASE.resolve("docs/configuration.md");

    /** Folders that hold documents of others. */
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".venv", "node_modules", "data");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern CODE = Pattern.compile("`([A-Z_]+)`");
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    /** A row of a table: the key, and its default where that is one code span. */
    private static final Pattern KEY_ROW =
            Pattern.compile("(?m)^\\| `([a-z_]+(?:[.\\[<][^`]*)?)` \\| (?:`([^`]*)` \\|)?");
    /** A key of config.yml, in force or commented out. */
    private static final Pattern YAML_KEY = Pattern.compile("(?m)^[ #]*(?:- )?([a-z][a-z0-9_]*):(?: |$)");

    @ParameterizedTest
    @MethodSource("documents")
    void everyRelativeLinkLeadsSomewhere(Path document) throws IOException {
        List<String> broken = new ArrayList<>();
        for (String target : all(LINK, prose(document))) {
            if (!ELSEWHERE.matcher(target).matches() && !exists(document, target)) {
                broken.add(target);
            }
        }

        assertThat(broken).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyYamlSnippetIsAConfiguration(Path document) throws IOException {
        for (MatchResult fence :
                FENCE.matcher(Files.readString(document)).results().toList()) {
            if (fence.group(1).equals("yaml")) {
                assertThatCode(() -> YamlText.parse(QuicsqlConfiguration.class, fence.group(2)))
                        .as(fence.group(2))
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void everyKeyIsDocumentedAndEveryDocumentedKeyExists() throws IOException {
        Set<String> documented = new TreeSet<>(documentedDefaults().keySet());
        documented.removeIf(key -> key.startsWith("server."));

        assertThat(documented).isEqualTo(keys());
    }

    @Test
    void documentedDefaultsAreTheDefaults() throws Exception {
        assertThat(documented("limits.").limits()).isEqualTo(LimitsConfig.defaults());
        assertThat(documented("storage.").storage()).isEqualTo(StorageConfig.defaults());
        assertThat(documented("http.").http()).isEqualTo(HttpConfig.defaults());
        assertThat(documented("databases.<name>.").databases())
                .containsEntry(new DatabaseName("app"), DatabaseConfig.defaults());
    }

    @Test
    void theShippedConfigurationShowsEveryKey() throws IOException {
        Set<String> shown = new TreeSet<>(all(YAML_KEY, Files.readString(BASE.resolve("config.yml"))));

        assertThat(keys()).allSatisfy(key -> assertThat(shown).contains(lastWord(key)));
    }

    @Test
    void theShippedConfigurationShowsTheDefaultsOfLimits() throws Exception {
        assertThat(commentedOut("limits").limits())
                .usingRecursiveComparison()
                // Follows from the heap: the file shows what it may look like.
                .ignoringFields("memoryBudgetBytes")
                .isEqualTo(LimitsConfig.defaults());
        assertThat(commentedOut("storage").storage().statementCacheEntries())
                .isEqualTo(StorageConfig.defaults().statementCacheEntries());
    }

    @ParameterizedTest
    @EnumSource(ProblemCode.class)
    void everyCodeIsDocumented(ProblemCode code) throws IOException {
        String references =
                Files.readString(BASE.resolve("docs/http-api.md")) + Files.readString(BASE.resolve("docs/hrana.md"));

        assertThat(references).contains("`" + code + "`");
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/http-api.md", "docs/hrana.md"})
    void theTablesOfErrorsSayWhichAreWorthASecondTry(String document) throws IOException {
        int rows = 0;
        for (String line : Files.readString(BASE.resolve(document)).split("\n", -1)) {
            List<String> cells = Arrays.asList(line.split(" ?\\| ?", -1));
            if (cells.contains("yes") || cells.contains("no")) {
                boolean retry = cells.contains("yes");
                for (String code : all(CODE, cells.get(1))) {
                    assertThat(ProblemCode.valueOf(code).retryable()).as(line).isEqualTo(retry);
                    rows++;
                }
            }
        }
        assertThat(rows).isGreaterThan(10);
    }

    @Test
    void everyMetricIsDocumented() throws IOException {
        ServerMetrics metrics = new ServerMetrics(new MetricRegistry());
        DatabaseMetrics database = metrics.forDatabase(new DatabaseName("app"));
        database.operation(Operation.QUERY).finished(1);
        database.operation(Operation.QUERY).failed(ProblemCode.SQL_FAILED);
        String operations = Files.readString(BASE.resolve("docs/operations.md"));

        assertThat(metrics.series()).isNotEmpty().allSatisfy(series -> {
            String suffix = series.family().kind() == ServerMetrics.Kind.COUNTER ? "_total" : "";
            assertThat(operations).contains("`quicsql_" + series.family().name() + suffix + "`");
        });
        for (ErrorKind kind : ErrorKind.values()) {
            assertThat(operations).contains("`" + kind.label() + "`");
        }
    }

    @Test
    void everyDecisionHasContextChoiceAndPrice() throws IOException {
        try (Stream<Path> decisions = Files.list(BASE.resolve("docs/decisions"))) {
            assertThat(decisions).isNotEmpty().allSatisfy(decision -> {
                String number = decision.getFileName().toString().substring(0, 4);
                assertThat(Files.readString(decision))
                        .startsWith("# " + number + " ")
                        .contains("**Context.** ", "**Choice.** ", "**Price.** ");
            });
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(BASE)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> Stream.of(BASE.relativize(file).toString().split("[/\\\\]"))
                            .noneMatch(NOT_OURS::contains))
                    .toList();
        }
    }

    private static String prose(Path document) throws IOException {
        return FENCE.matcher(Files.readString(document)).replaceAll("");
    }

    private static boolean exists(Path document, String target) throws IOException {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path file = path.isEmpty() ? document : document.resolveSibling(path);
        if (!Files.exists(file)) {
            return false;
        }
        return hash < 0
                || all(HEADING, prose(file)).stream()
                        .map(DocumentationTest::anchor)
                        .anyMatch(target.substring(hash + 1)::equals);
    }

    /** How web sites that show Markdown name a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** The keys of the document's tables, each with its default; empty where the default is told in words. */
    private static Map<String, String> documentedDefaults() throws IOException {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (MatchResult row :
                KEY_ROW.matcher(Files.readString(CONFIGURATION)).results().toList()) {
            String value = row.group(2);
            assertThat(defaults.put(row.group(1), value == null ? "" : value))
                    .as(row.group(1) + " is documented once")
                    .isNull();
        }
        return defaults;
    }

    /** The configuration of a file that says every documented default of a section. */
    private static QuicsqlConfiguration documented(String section) throws Exception {
        List<String> entries = new ArrayList<>();
        documentedDefaults().forEach((key, value) -> {
            // A default that names another key, as <name>.db, is none to be written down.
            if (key.startsWith(section) && !value.isEmpty() && !value.contains("<")) {
                entries.add(key.substring(section.length()) + ": " + value);
            }
        });
        assertThat(entries).isNotEmpty();
        String yaml = "{" + String.join(", ", entries) + "}";
        for (String word : reversed(section.replace("<name>", "app").split("\\."))) {
            yaml = "{" + word + ": " + yaml + "}";
        }
        return YamlText.parse(QuicsqlConfiguration.class, yaml);
    }

    private static List<String> reversed(String[] words) {
        List<String> reversed = new ArrayList<>();
        for (String word : words) {
            reversed.add(0, word);
        }
        return reversed;
    }

    /** The configuration of a section that config.yml shows commented out. */
    private static QuicsqlConfiguration commentedOut(String section) throws Exception {
        String shipped = Files.readString(BASE.resolve("config.yml"));
        int start = shipped.indexOf("\n# " + section + ":\n");
        assertThat(start).as("# " + section + ": in config.yml").isNotNegative();
        String block = shipped.substring(start + 1, shipped.indexOf("\n\n", start) + 1);
        return YamlText.parse(QuicsqlConfiguration.class, block.replaceAll("(?m)^# ", ""));
    }

    private static String lastWord(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Every key of ours, from the records themselves. */
    private static Set<String> keys() {
        Set<String> keys = new TreeSet<>(settable(QuicsqlConfiguration.class));
        keys.removeAll(Set.of("databases", "auth", "limits", "storage", "http"));
        add(keys, "databases.<name>.", creatable(DatabaseConfig.class));
        assertThat(creatable(AuthConfig.class)).containsExactly("principals");
        add(keys, "auth.principals[].", creatable(PrincipalConfig.class));
        add(keys, "limits.", creatable(LimitsConfig.class));
        add(keys, "storage.", creatable(StorageConfig.class));
        add(keys, "http.", creatable(HttpConfig.class));
        add(keys, "metrics.reporters[].", settable(GraphiteReporterFactory.class));
        return keys;
    }

    private static void add(Set<String> keys, String section, Collection<String> names) {
        names.forEach(name -> keys.add(section + name));
    }

    private static List<String> settable(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            JsonProperty property = method.getAnnotation(JsonProperty.class);
            if (property != null) {
                String named = method.getName().substring("set".length()).toLowerCase(Locale.ROOT);
                names.add(property.value().isEmpty() ? named : property.value());
            }
        }
        return names;
    }

    private static List<String> creatable(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            if (method.isAnnotationPresent(JsonCreator.class)) {
                for (Parameter parameter : method.getParameters()) {
                    names.add(parameter.getAnnotation(JsonProperty.class).value());
                }
            }
        }
        assertThat(names).as(type.getSimpleName()).isNotEmpty();
        return names;
    }
}
