package net.quicsql.hrana.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Body;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.sql.Column;
import net.quicsql.sql.Description;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.RowSink.Demand;
import net.quicsql.sql.SqlScanner;
import net.quicsql.sql.StatementResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPipelineEncoderTest {
    private static final String TAIL = ",\"affected_row_count\":0,\"last_insert_rowid\":null,\"rows_read\":0,"
            + "\"rows_written\":0,\"query_duration_ms\":0.000}";
    private static final String EMPTY = "{\"cols\":[],\"rows\":[]" + TAIL;
    private static final Problem PROBLEM = new Problem.SqlFailed(
            ProblemCode.SQL_CONSTRAINT, 19, 2067, "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: t.c");
    private static final String ERROR =
            "{\"message\":\"UNIQUE constraint failed: t.c\",\"code\":\"SQLITE_CONSTRAINT_UNIQUE\"}";

    private final JsonPipelineEncoder encoder = new JsonPipelineEncoder(1_000_000, new JsonWriter());

    @Test
    void writesAnEmptyAnswer() throws IOException {
        assertThat(text(encoder.finish("the-baton")))
                .isEqualTo("{\"baton\":\"the-baton\",\"base_url\":null,\"results\":[]}");
    }

    @Test
    void writesANullBaton() throws IOException {
        assertThat(text(encoder.finish(null))).isEqualTo("{\"baton\":null,\"base_url\":null,\"results\":[]}");
    }

    @Test
    void writesEveryTypeOfValue() throws IOException {
        RowSink sink = encoder.beginExecute(true);
        sink.columns(List.of(new Column("a", "INTEGER"), new Column("a", null)));
        sink.beginRow();
        sink.nullCell();
        sink.integerCell(Long.MIN_VALUE);
        sink.endRow();
        sink.beginRow();
        sink.integerCell(Long.MAX_VALUE);
        sink.realCell(1.0);
        sink.endRow();
        sink.beginRow();
        sink.realCell(-1.5e300);
        sink.realCell(Double.POSITIVE_INFINITY);
        sink.endRow();
        sink.beginRow();
        sink.textCell("a\"/\\\n\0é😀".getBytes(StandardCharsets.UTF_8));
        sink.textCell(new byte[] {'x', (byte) 0xFF});
        sink.endRow();
        sink.beginRow();
        sink.blobCell(new byte[] {(byte) 0xFF, (byte) 0xFE});
        sink.blobCell(new byte[0]);
        sink.endRow();
        encoder.endExecute(new StatementResult(3, -5L), 12_345_678);

        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":{"
                        + "\"cols\":[{\"name\":\"a\",\"decltype\":\"INTEGER\"},{\"name\":\"a\",\"decltype\":null}],"
                        + "\"rows\":["
                        + "[{\"type\":\"null\"},{\"type\":\"integer\",\"value\":\"-9223372036854775808\"}],"
                        + "[{\"type\":\"integer\",\"value\":\"9223372036854775807\"},"
                        + "{\"type\":\"float\",\"value\":1.0}],"
                        + "[{\"type\":\"float\",\"value\":-1.5E300},{\"type\":\"null\"}],"
                        + "[{\"type\":\"text\",\"value\":\"a\\\"/\\\\\\n\\u0000é😀\"},"
                        + "{\"type\":\"text\",\"value\":\"x\uFFFD\"}],"
                        + "[{\"type\":\"blob\",\"base64\":\"//4\"},{\"type\":\"blob\",\"base64\":\"\"}]],"
                        + "\"affected_row_count\":3,\"last_insert_rowid\":\"-5\",\"rows_read\":0,\"rows_written\":0,"
                        + "\"query_duration_ms\":12.345}}}");
    }

    @Test
    void writesAResultWithoutColumns() throws IOException {
        encoder.beginExecute(true).columns(List.of());
        encoder.endExecute(StatementResult.NOTHING, 0);
        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":" + EMPTY + "}}");
    }

    @Test
    void leavesOutRowsThatAreNotWantedAndStillAsksForThem() throws IOException {
        RowSink sink = encoder.beginExecute(false);
        sink.columns(List.of(new Column("a", null)));
        assertThat(row(sink, "x")).isEqualTo(Demand.MORE);
        assertThat(row(sink, "y")).isEqualTo(Demand.MORE);
        encoder.endExecute(StatementResult.NOTHING, 0);
        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":"
                        + "{\"cols\":[{\"name\":\"a\",\"decltype\":null}],\"rows\":[]" + TAIL + "}}");
    }

    @Test
    void writesAnErrorInPlaceOfWhatHadBegun() throws IOException {
        encoder.autocommit(true);
        RowSink sink = encoder.beginExecute(true);
        sink.columns(List.of(new Column("a", null)));
        row(sink, "x");
        sink.beginRow();
        sink.integerCell(1);
        encoder.error(PROBLEM);
        encoder.autocommit(false);
        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":true}},"
                        + "{\"type\":\"error\",\"error\":" + ERROR + "},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":false}}");
    }

    @Test
    void namesTheProblemWhereSqliteHasNoName() throws IOException {
        encoder.error(new Problem.Refused(ProblemCode.STREAM_CLOSED, "closed"));
        assertThat(results())
                .isEqualTo("{\"type\":\"error\",\"error\":{\"message\":\"closed\",\"code\":\"STREAM_CLOSED\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sequence", "store_sql", "close_sql", "close"})
    void echoesTheTypeOfACommand(String type) throws IOException {
        encoder.done(StreamRequest.Kind.valueOf(type.toUpperCase(java.util.Locale.ROOT)));
        assertThat(results()).isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"" + type + "\"}}");
    }

    @Test
    void describes() throws IOException {
        var parameters = SqlScanner.scan("SELECT :a, ?4").statements().get(0).parameters();
        encoder.description(new Description(parameters, List.of(new Column("x", "TEXT")), false, true));
        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"describe\",\"result\":{\"params\":["
                        + "{\"name\":\":a\"},{\"name\":null},{\"name\":null},{\"name\":\"?4\"}],"
                        + "\"cols\":[{\"name\":\"x\",\"decltype\":\"TEXT\"}],"
                        + "\"is_explain\":false,\"is_readonly\":true}}}");
    }

    @Test
    void writesABatch() throws IOException {
        BatchEncoder batch = encoder.beginBatch(5);
        batch.begin(0, true).columns(List.of());
        assertThat(batch.end(0, StatementResult.NOTHING, 0)).isTrue();
        batch.skip(1);
        RowSink sink = batch.begin(2, true);
        sink.columns(List.of(new Column("a", null)));
        row(sink, "lost");
        batch.error(2, PROBLEM);
        batch.error(3, PROBLEM);
        batch.begin(4, true).columns(List.of());
        batch.end(4, StatementResult.NOTHING, 0);
        encoder.endBatch();
        encoder.done(StreamRequest.Kind.CLOSE);
        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"batch\",\"result\":{"
                        + "\"step_results\":[" + EMPTY + ",null,null,null," + EMPTY + "],"
                        + "\"step_errors\":[null,null," + ERROR + "," + ERROR + ",null]}}},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}");
    }

    @Test
    void writesABatchWithoutErrorsAndWithoutSteps() throws IOException {
        BatchEncoder batch = encoder.beginBatch(2);
        batch.skip(0);
        batch.begin(1, true).columns(List.of());
        batch.end(1, StatementResult.NOTHING, 0);
        encoder.endBatch();
        encoder.beginBatch(0);
        encoder.endBatch();
        assertThat(results())
                .isEqualTo("{\"type\":\"ok\",\"response\":{\"type\":\"batch\",\"result\":{"
                        + "\"step_results\":[null," + EMPTY + "],\"step_errors\":[null,null]}}},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"batch\",\"result\":{"
                        + "\"step_results\":[],\"step_errors\":[]}}}");
    }

    @Test
    void replacesAResultThatIsTooLargeByAnError() throws IOException {
        JsonPipelineEncoder small = new JsonPipelineEncoder(500, new JsonWriter());
        RowSink sink = small.beginExecute(true);
        sink.columns(List.of(new Column("a", null)));
        assertThat(row(sink, "x".repeat(200))).isEqualTo(Demand.MORE);
        assertThat(row(sink, "x".repeat(200))).isEqualTo(Demand.ENOUGH);
        assertThat(row(sink, "y")).isEqualTo(Demand.ENOUGH);
        small.endExecute(StatementResult.NOTHING, 0);
        small.autocommit(true);
        assertThat(text(small.finish(null)))
                .isEqualTo("{\"baton\":null,\"base_url\":null,\"results\":["
                        + "{\"type\":\"error\",\"error\":{\"message\":\"the response would be larger than 500 bytes "
                        + "(limits.max_response_size); the statement was run\",\"code\":\"RESPONSE_TOO_LARGE\"}},"
                        + "{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":true}}]}");
    }

    @Test
    void dropsTheCellsOfARowThatIsTooLarge() throws IOException {
        JsonPipelineEncoder small = new JsonPipelineEncoder(1000, new JsonWriter());
        RowSink sink = small.beginExecute(true);
        sink.columns(List.of(new Column("a", null)));
        sink.beginRow();
        for (int i = 0; i < 100; i++) {
            sink.blobCell(new byte[600]);
        }
        assertThat(sink.endRow()).isEqualTo(Demand.ENOUGH);
        small.endExecute(StatementResult.NOTHING, 0);
        assertThat(text(small.finish(null))).contains("RESPONSE_TOO_LARGE").hasSizeLessThan(250);
    }

    @Test
    void countsAStepThatIsTooLargeAsFailed() throws IOException {
        JsonPipelineEncoder small = new JsonPipelineEncoder(500, new JsonWriter());
        BatchEncoder batch = small.beginBatch(2);
        RowSink sink = batch.begin(0, true);
        sink.columns(List.of(new Column("a", null)));
        row(sink, "x".repeat(600));
        assertThat(batch.end(0, StatementResult.NOTHING, 0)).isFalse();
        batch.begin(1, true).columns(List.of());
        assertThat(batch.end(1, StatementResult.NOTHING, 0)).isTrue();
        small.endBatch();
        assertThat(text(small.finish(null)))
                .contains("\"step_results\":[null," + EMPTY + "],\"step_errors\":[{\"message\":")
                .contains("\"code\":\"RESPONSE_TOO_LARGE\"},null]}");
    }

    @Test
    void writesResultsWithoutColumnsBeyondTheLimit() throws IOException {
        JsonPipelineEncoder small = new JsonPipelineEncoder(500, new JsonWriter());
        BatchEncoder batch = small.beginBatch(100);
        for (int i = 0; i < 100; i++) {
            batch.begin(i, true).columns(List.of());
            assertThat(batch.end(i, StatementResult.NOTHING, 0)).isTrue();
        }
        small.endBatch();
        assertThat(text(small.finish(null))).doesNotContain("RESPONSE_TOO_LARGE");
    }

    @Test
    void shortensErrorsAndDescriptionsBeyondTheLimit() throws IOException {
        JsonPipelineEncoder small = new JsonPipelineEncoder(500, new JsonWriter());
        Problem longer = new Problem.Refused(ProblemCode.INVALID_REQUEST, "x".repeat(1000));
        small.error(longer);
        small.description(new Description(
                SqlScanner.scan("SELECT 1").statements().get(0).parameters(),
                List.of(new Column("x".repeat(1000), null)),
                false,
                true));
        BatchEncoder batch = small.beginBatch(1);
        batch.error(0, longer);
        small.endBatch();
        assertThat(text(small.finish(null))).doesNotContain("xxx").hasSizeLessThan(1000);
    }

    @Test
    void knowsItsLength() throws IOException {
        encoder.error(PROBLEM);
        Body body = encoder.finish("é");
        assertThat(body.length()).isEqualTo(text(body).getBytes(StandardCharsets.UTF_8).length);
    }

    private static Demand row(RowSink sink, String text) {
        sink.beginRow();
        sink.textCell(text.getBytes(StandardCharsets.UTF_8));
        return sink.endRow();
    }

    private String results() throws IOException {
        String text = text(encoder.finish(null));
        String head = "{\"baton\":null,\"base_url\":null,\"results\":[";
        assertThat(text).startsWith(head).endsWith("]}");
        return text.substring(head.length(), text.length() - 2);
    }

    private static String text(Body body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
