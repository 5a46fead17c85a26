package net.quicsql.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages of clients show is what their tested programs hold, and every client has a page. */
class ClientPagesTest {
    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir", "."));
    private static final Path PAGES = BASE.resolve("docs/clients");
    private static final Path EXAMPLES = BASE.resolve("examples/clients");

    /** What may be shown without being a part of a tested file: commands, data and settings. */
    private static final Set<String> NOT_PROGRAMS =
            Set.of("", "text", "sh", "bash", "shell", "console", "json", "sql", "toml", "xml", "ini");

    private static final Pattern SOURCE = Pattern.compile("<!-- snippet: (\\S+)#(\\S+) -->");

    /**
     * A block of code in a page.
     *
     * @param place the page's name and the line
     * @param source what the comment directly above says of where the code is from; empty without such a comment
     */
    private record Fence(String place, String language, String source, List<String> lines) {}

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    static List<String> clients() throws IOException {
        try (Stream<Path> folders = Files.list(EXAMPLES)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyProgramOnAPageIsAPartOfATestedFile(Path page) throws IOException {
        assertThat(problems(page)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void everyClientHasItsPageAndItsRows(String client) throws IOException {
        assertThat(PAGES.resolve(client + ".md")).isRegularFile();
        assertThat(EXAMPLES.resolve(client).resolve("README.md"))
                .content()
                .contains("(../../../docs/clients/" + client + ".md)");
        assertRow("docs/clients/README.md", "(" + client + ".md)");
        assertRow("examples/README.md", "(clients/" + client + ")");
        assertRow("README.md", "(docs/clients/" + client + ".md)");
    }

    @Test
    void everyPageIsListed() throws IOException {
        for (Path page : pages()) {
            String name = page.getFileName().toString();
            if (!name.equals("README.md")) {
                assertRow("docs/clients/README.md", "(" + name + ")");
            }
        }
    }

    @Test
    void noticesWhatIsWrongWithAPage(@TempDir Path folder) throws IOException {
        Path page = folder.resolve("page.md");
        String source = "<!-- snippet: examples/clients/python-stdlib/main.py#";

        assertThat(problems(Files.writeString(page, "```python\nprint()\n```\n")))
                .singleElement()
                .asString()
                .contains("page.md:1", "python", "no comment");
        assertThat(problems(Files.writeString(page, "```sh\nls\n```\n```\ntext\n```\n")))
                .isEmpty();
        assertThat(problems(Files.writeString(page, source + "errors -->\n```python\nprint()\n```\n")))
                .singleElement()
                .asString()
                .contains("page.md:2", "main.py#errors", "print()", "QueryError");
        assertThat(problems(Files.writeString(page, source + "missing -->\n```python\nprint()\n```\n")))
                .singleElement()
                .asString()
                .contains("snippet:missing", "0 times");
        assertThat(problems(Files.writeString(page, "<!-- snippet: missing.py#a -->\n```python\nprint()\n```\n")))
                .singleElement()
                .asString()
                .contains("missing.py is no file");
        assertThat(problems(Files.writeString(page, source + "errors -->\n\ntext\n")))
                .singleElement()
                .asString()
                .contains("page.md:1", "no block of code");
        assertThat(problems(Files.writeString(page, "```python\nprint()\n")))
                .singleElement()
                .asString()
                .contains("page.md:1", "not closed");
    }

    /** A table of this document has a row with this text. */
    private static void assertRow(String document, String text) throws IOException {
        assertThat(Files.readAllLines(BASE.resolve(document)))
                .as("the tables of " + document)
                .anyMatch(line -> line.startsWith("|") && line.contains(text));
    }

    private static List<String> problems(Path page) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Fence fence : fences(page, problems)) {
            if (!fence.source().isEmpty()) {
                compare(fence, problems);
            } else if (!NOT_PROGRAMS.contains(fence.language())) {
                problems.add(fence.place() + ": above this block in " + fence.language()
                        + " there is no comment <!-- snippet: FILE#NAME --> that tells which tested lines it shows");
            }
        }
        return problems;
    }

    private static List<Fence> fences(Path page, List<String> problems) throws IOException {
        List<Fence> fences = new ArrayList<>();
        List<String> lines = Files.readAllLines(page);
        String above = "";
        for (int i = 0; i < lines.size(); i++) {
            String place = page.getFileName() + ":" + (i + 1);
            boolean opens = lines.get(i).startsWith("```");
            if (!opens && SOURCE.matcher(above).matches()) {
                problems.add(page.getFileName() + ":" + i + ": no block of code directly below " + above);
            }
            if (opens) {
                int end = i + 1;
                while (end < lines.size() && !lines.get(end).equals("```")) {
                    end++;
                }
                if (end == lines.size()) {
                    problems.add(place + ": a block of code is not closed");
                    return fences;
                }
                String source = SOURCE.matcher(above).matches() ? above : "";
                fences.add(new Fence(place, lines.get(i).substring(3), source, lines.subList(i + 1, end)));
                i = end;
            }
            above = lines.get(i);
        }
        return fences;
    }

    private static void compare(Fence fence, List<String> problems) throws IOException {
        Matcher source = SOURCE.matcher(fence.source());
        assertThat(source.matches()).isTrue();
        Path file = BASE.resolve(source.group(1));
        if (!Files.isRegularFile(file)) {
            problems.add(fence.place() + ": " + source.group(1) + " is no file");
            return;
        }
        List<String> lines = Files.readAllLines(file);
        // A longer name that begins like this one is another one.
        Pattern start = Pattern.compile(".*\\bsnippet:" + Pattern.quote(source.group(2)) + "(?![\\w-]).*");
        List<String> starts =
                lines.stream().filter(line -> start.matcher(line).matches()).toList();
        if (starts.size() != 1) {
            problems.add(fence.place() + ": " + source.group(1) + " has snippet:" + source.group(2) + " "
                    + starts.size() + " times");
            return;
        }
        int from = lines.indexOf(starts.get(0)) + 1;
        int to = from;
        while (to < lines.size() && !lines.get(to).contains("snippet:end")) {
            to++;
        }
        if (to == lines.size()) {
            problems.add(
                    fence.place() + ": in " + source.group(1) + " no snippet:end follows snippet:" + source.group(2));
            return;
        }
        String expected = unindented(lines.subList(from, to));
        String found = String.join("\n", fence.lines());
        if (!found.equals(expected)) {
            problems.add(fence.place() + ": the block is not " + source.group(1) + "#" + source.group(2)
                    + ". The page has:\n" + found + "\nThe file has:\n" + expected);
        }
    }

    /** Without empty lines around them and the indentation that all the lines have in common. */
    private static String unindented(List<String> lines) {
        return String.join("\n", lines).replaceAll("^\n+|\n+$", "").stripIndent();
    }
}
