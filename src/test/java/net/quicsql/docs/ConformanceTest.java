package net.quicsql.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every promise of the page about conformance names tests that exist and are run. */
class ConformanceTest {
    private static final Path BASE = Path.of(System.getProperty("quicsql.basedir", "."));
    private static final Path PAGE = BASE.resolve("docs/conformance.md");
    private static final Path TESTS = BASE.resolve("src/test/java");
    private static final Pattern NAMED = Pattern.compile("`((?:[a-z]+\\.)?[A-Z]\\w*Test)\\.(\\w+)`");

    /** What may stand in the last cell. */
    private static final Pattern CELL = Pattern.compile(NAMED + "(?:, " + NAMED + ")*");

    /** A row of a table, by its cells. */
    private record Row(String number, String promise, String tests) {}

    @Test
    void everyPromiseNamesTestsThatExist() throws Exception {
        List<String> wrong = new ArrayList<>();
        int promises = 0;
        for (Map.Entry<String, List<Row>> section : sections().entrySet()) {
            assertThat(section.getValue()).as(section.getKey()).isNotEmpty();
            for (Row row : section.getValue()) {
                promises++;
                wrong.addAll(faults(row));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(promises).isGreaterThan(100);
    }

    @Test
    void noPromiseIsMadeTwice() throws IOException {
        List<String> promises = sections().values().stream()
                .flatMap(Collection::stream)
                .map(Row::promise)
                .toList();
        assertThat(promises).doesNotHaveDuplicates();
    }

    @Test
    void everyPromiseHasANumberOfItsOwn() throws IOException {
        Map<String, List<Row>> sections = sections();
        List<Row> all = sections.values().stream().flatMap(Collection::stream).toList();
        assertThat(numberFaults(all)).isEmpty();
        for (Map.Entry<String, List<Row>> section : sections.entrySet()) {
            assertThat(section.getValue().stream().map(row -> Integer.valueOf(row.number())))
                    .as(section.getKey())
                    .isSorted();
        }
    }

    @Test
    void findsNumbersThatAreMissingAndThoseThatAreThereTwice() {
        assertThat(numberFaults(numbered("2", "1", "3"))).isEmpty();
        assertThat(numberFaults(numbered("1", "3"))).containsExactly("2 is missing", "3 is not among 1 to 2");
        assertThat(numberFaults(numbered("1", "1", "2"))).containsExactly("1 is there twice", "3 is missing");
        assertThat(numberFaults(numbered("1", "", "3"))).hasSize(2);
        assertThat(numberFaults(numbered("0", "1"))).hasSize(2);
    }

    @Test
    void findsRowsWithoutTestsAndTestsThatAreNone() throws Exception {
        assertThat(faults(new Row("1", "nothing", ""))).hasSize(1);
        assertThat(faults(new Row("1", "words", "see elsewhere"))).hasSize(1);
        assertThat(faults(new Row("1", "", "`ConformanceTest.noPromiseIsMadeTwice`")))
                .hasSize(1);
        assertThat(faults(new Row("1", "no class", "`NowhereTest.isThere`"))).hasSize(1);
        assertThat(faults(new Row("1", "no method", "`ConformanceTest.noPromiseIsMadeThrice`")))
                .hasSize(1);
        assertThat(faults(new Row("1", "no test", "`ConformanceTest.faults`"))).hasSize(1);
        assertThat(faults(new Row("1", "two classes", "`RequestReaderTest.readsEveryRequest`")))
                .hasSize(1);
        assertThat(faults(new Row(
                        "1",
                        "good",
                        "`json.RequestReaderTest.readsEveryRequest`, `ConformanceTest.noPromiseIsMadeTwice`")))
                .isEmpty();
    }

    private static List<Row> numbered(String... numbers) {
        return Arrays.stream(numbers)
                .map(number -> new Row(number, "promise", "test"))
                .toList();
    }

    /** What is wrong with the numbers of rows, which are those from 1 on, each once; empty where nothing is. */
    private static List<String> numberFaults(List<Row> rows) {
        List<String> faults = new ArrayList<>();
        Set<String> expected = IntStream.rangeClosed(1, rows.size())
                .mapToObj(Integer::toString)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Set<String> seen = new LinkedHashSet<>();
        for (Row row : rows) {
            if (!seen.add(row.number())) {
                faults.add(row.number() + " is there twice");
            }
        }
        expected.stream()
                .filter(number -> !seen.contains(number))
                .forEach(number -> faults.add(number + " is missing"));
        seen.stream()
                .filter(number -> !expected.contains(number))
                .forEach(number -> faults.add(number + " is not among 1 to " + rows.size()));
        return faults;
    }

    /** What is wrong with a row; empty where nothing is. */
    private static List<String> faults(Row row) throws Exception {
        if (row.promise().isEmpty() || !CELL.matcher(row.tests()).matches()) {
            return List.of("no promise with its tests: " + row);
        }
        List<String> faults = new ArrayList<>();
        for (var match : NAMED.matcher(row.tests()).results().toList()) {
            List<Class<?>> classes = classes(match.group(1));
            if (classes.size() != 1) {
                faults.add(match.group() + " is in " + classes);
            } else if (!isTest(classes.get(0), match.group(2))) {
                faults.add(match.group() + " is no test");
            }
        }
        return faults;
    }

    private static boolean isTest(Class<?> type, String method) {
        return !type.isAnnotationPresent(Disabled.class)
                && Arrays.stream(type.getDeclaredMethods())
                        .filter(each -> each.getName().equals(method))
                        .anyMatch(ConformanceTest::isRun);
    }

    private static boolean isRun(Method method) {
        return AnnotationSupport.isAnnotated(method, Testable.class) && !method.isAnnotationPresent(Disabled.class);
    }

    /** The classes of a name, which may begin with the last word of the package. */
    private static List<Class<?>> classes(String name) throws Exception {
        Path end = Path.of(name.replace('.', '/') + ".java");
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file : files.filter(each -> each.endsWith(end)).toList()) {
                String path = TESTS.relativize(file).toString().replace('\\', '/');
                String type =
                        path.substring(0, path.length() - ".java".length()).replace('/', '.');
                classes.add(Class.forName(type, false, ConformanceTest.class.getClassLoader()));
            }
        }
        return classes;
    }

    /** The rows below each heading. */
    private static Map<String, List<Row>> sections() throws IOException {
        Map<String, List<Row>> sections = new LinkedHashMap<>();
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                rows = new ArrayList<>();
                sections.put(line, rows);
            } else if (line.startsWith("|") && !line.startsWith("|---") && !line.startsWith("| # |")) {
                String[] cells = line.split("\\|", -1);
                rows.add(
                        cells.length == 5
                                ? new Row(cells[1].strip(), cells[2].strip(), cells[3].strip())
                                : new Row("", line, ""));
            }
        }
        return sections;
    }
}
