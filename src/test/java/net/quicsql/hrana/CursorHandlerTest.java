package net.quicsql.hrana;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import net.quicsql.access.DatabaseName;
import net.quicsql.access.Principal;
import net.quicsql.hrana.json.JsonEncoding;
import net.quicsql.http.Answer;
import net.quicsql.http.Body;
import net.quicsql.http.Buffers;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CursorHandlerTest {
    private static final String END = "{\"type\":\"step_end\",\"affected_row_count\":0,\"last_insert_rowid\":null}\n";
    private static final String ROW_0 = "{\"type\":\"row\",\"row\":[{\"type\":\"integer\",\"value\":\"0\"}]}\n";

    private final FakeStreams streams = new FakeStreams();
    private final AtomicLong nanoTime = new AtomicLong();

    @TempDir
    Path directory;

    private CursorHandler handler;

    @BeforeEach
    void setUp() {
        handler = new CursorHandler(
                streams,
                new JsonEncoding(1_000_000, Buffers.roomy()),
                new HranaLimits(1_000_000, 10_000, 1_000, 100_000),
                Buffers.in(directory),
                nanoTime::get);
    }

    @Test
    void runsABatchBeforeItAnswers() throws IOException {
        try (Body body = answer(step("BEGIN"), step("ROWS 1"), step("FAIL"), step("BAD"))) {
            assertThat(streams.log).containsExactly("open app null", "BEGIN", "ROWS 1", "FAIL", "release");
            assertThat(text(body))
                    .isEqualTo("{\"baton\":\"next\",\"base_url\":null}\n"
                            + begin(0, "")
                            + END
                            + begin(1, "{\"name\":\"a\",\"decltype\":null}")
                            + ROW_0
                            + END
                            + begin(2, "{\"name\":\"a\",\"decltype\":null}")
                            + "{\"type\":\"step_error\",\"step\":2,\"error\":"
                            + "{\"message\":\"failed\",\"code\":\"SQLITE_ERROR\"}}\n"
                            + "{\"type\":\"step_error\",\"step\":3,\"error\":"
                            + "{\"message\":\"no statement\",\"code\":\"SQL_NO_STATEMENT\"}}\n");
            assertThat(body.length()).isEqualTo(text(body).length());
        }
    }

    @Test
    void answersABatchWithoutSteps() throws IOException {
        streams.detachable = true;
        try (Body body = answer()) {
            assertThat(text(body)).isEqualTo("{\"baton\":\"next\",\"base_url\":null}\n");
        }
        assertThat(streams.log).containsExactly("open app null", "release");
    }

    @Test
    void spoolsAndDeletesWhatItSpooled() throws IOException {
        try (Body body = answer(step("ROWS 1000"))) {
            assertThat(text(body)).hasLineCount(1003).endsWith(END);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void endsAStepThatFillsTheSpoolAndRunsTheNext() throws IOException {
        String conditional = "{\"condition\":{\"type\":\"error\",\"step\":0},\"stmt\":{\"sql\":\"AFTER\"}}";
        try (Body body = answer(step("ROWS 100000"), conditional)) {
            String text = text(body);
            assertThat(text)
                    .contains("{\"type\":\"step_error\",\"step\":0")
                    .contains("RESPONSE_TOO_LARGE")
                    .endsWith(END);
            assertThat(body.length()).isLessThan(200_000).isEqualTo(text.length());
        }
        assertThat(streams.log).contains("AFTER");
    }

    @Test
    void releasesTheStreamWhateverHappens() throws IOException {
        try (Body body = answer(step("CRASH"))) {
            assertThat(text(body)).contains("\"code\":\"INTERNAL\"").doesNotContain("driver");
        }
        assertThat(streams.log).endsWith("release");
    }

    @Test
    void leavesReadsToTheBody() throws IOException {
        streams.detachable = true;
        try (Body body = answer(step("ROWS 1"), step("BAD"))) {
            assertThat(streams.log).containsExactly("open app null", "detach");
            assertThat(body.length()).isEqualTo(Body.UNKNOWN_LENGTH);
            assertThat(text(body))
                    .isEqualTo("{\"baton\":\"detached\",\"base_url\":null}\n"
                            + begin(0, "{\"name\":\"a\",\"decltype\":null}")
                            + ROW_0
                            + END
                            + "{\"type\":\"step_error\",\"step\":1,\"error\":"
                            + "{\"message\":\"no statement\",\"code\":\"SQL_NO_STATEMENT\"}}\n");
        }
        assertThat(streams.log).containsExactly("open app null", "detach", "ROWS 1", "close reads");
    }

    @Test
    void closesReadsThatNobodyAskedFor() {
        streams.detachable = true;
        answer(step("ROWS 1")).close();
        assertThat(streams.log).containsExactly("open app null", "detach", "close reads");
    }

    @Test
    void sendsReadsWithoutALimit() throws IOException {
        streams.detachable = true;
        try (Body body = answer(step("ROWS 100000"))) {
            assertThat(text(body)).hasLineCount(100_003).endsWith(END);
        }
    }

    @Test
    void keepsAutocommitForReadsThatLeftTheStream() throws IOException {
        streams.detachable = true;
        String conditional = "{\"condition\":{\"type\":\"is_autocommit\"},\"stmt\":{\"sql\":\"ROWS 1\"}}";
        try (Body body = answer(conditional)) {
            assertThat(text(body)).contains(ROW_0);
        }
    }

    @Test
    void stopsQuietlyWhenTheReaderLeaves() throws IOException {
        streams.detachable = true;
        OutputStream broken = new OutputStream() {
            private int left = 50_000;

            @Override
            public void write(int b) throws IOException {
                if (--left < 0) {
                    throw new IOException("broken pipe");
                }
            }
        };
        try (Body body = answer(step("ROWS 1000000"), step("ROWS 7"))) {
            body.writeTo(broken);
        }
        assertThat(streams.log).containsExactly("open app null", "detach", "ROWS 1000000", "close reads");
    }

    @Test
    void flushesRowsThatTookTheirTime() throws IOException {
        streams.detachable = true;
        int[] flushes = new int[1];
        OutputStream out = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                flushes[0]++;
            }
        };
        try (Body body = answer(step("ROWS 5"))) {
            body.writeTo(out);
        }
        assertThat(flushes[0]).isZero();
        CursorHandler slow = new CursorHandler(
                streams,
                new JsonEncoding(1_000_000, Buffers.roomy()),
                new HranaLimits(1_000_000, 10_000, 1_000, 100_000),
                Buffers.in(directory),
                () -> nanoTime.addAndGet(3_000_000));
        try (Body body = answer(slow, step("ROWS 5"))) {
            body.writeTo(out);
        }
        assertThat(flushes[0]).isGreaterThanOrEqualTo(5);
    }

    @Test
    void runsNothingOfABodyThatIsWrong() {
        assertThatThrownBy(() -> answer(step("X"), "{}")).isInstanceOf(ProblemException.class);
        assertThat(streams.log).isEmpty();
    }

    private Body answer(String... steps) {
        return answer(handler, steps);
    }

    private static Body answer(CursorHandler handler, String... steps) {
        String body = "{\"batch\":{\"steps\":[" + String.join(",", steps) + "]}}";
        Answer answer =
                handler.handle(body.getBytes(StandardCharsets.UTF_8), new DatabaseName("app"), Principal.anonymous());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("text/plain");
        return answer.body();
    }

    private static String text(Body body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String begin(int step, String columns) {
        return "{\"type\":\"step_begin\",\"step\":" + step + ",\"cols\":[" + columns + "]}\n";
    }

    private static String step(String sql) {
        return "{\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }
}
