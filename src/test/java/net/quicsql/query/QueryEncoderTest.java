package net.quicsql.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.json.JsonWriter;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.StatementResult;
import org.junit.jupiter.api.Test;

class QueryEncoderTest {
    private static final List<Column> V = List.of(new Column("v", null));

    @Test
    void writesAResultWithoutRows() {
        QueryEncoder encoder = new QueryEncoder(QueryLimits.DEFAULT, new JsonWriter());
        encoder.single().columns(List.of());

        assertThat(encoder.finish(new StatementResult(3, 7L)).toString())
                .isEqualTo("{\"columns\":[],\"rows\":[],\"rows_affected\":3,\"last_insert_id\":7}\n");
    }

    @Test
    void writesEachKindOfValue() throws Exception {
        QueryEncoder encoder = new QueryEncoder(QueryLimits.DEFAULT, new JsonWriter());
        RowSink sink = encoder.single();
        sink.columns(List.of(new Column("a", null), new Column("a", "INT"), new Column("\"é", null)));
        sink.beginRow();
        sink.nullCell();
        sink.integerCell(Long.MIN_VALUE);
        sink.integerCell(Long.MAX_VALUE);
        sink.endRow();
        sink.beginRow();
        sink.textCell("é\u0000\"/<=".getBytes(StandardCharsets.UTF_8));
        sink.textCell(new byte[] {'a', (byte) 0xFF});
        sink.blobCell(new byte[] {0});
        sink.endRow();
        sink.beginRow();
        sink.blobCell(new byte[0]);
        sink.blobCell(new byte[] {-1, -1});
        sink.integerCell(0);
        sink.endRow();
        String text = encoder.finish(StatementResult.NOTHING).toString();

        assertThat(text)
                .isEqualTo("{\"columns\":[\"a\",\"a\",\"\\\"é\"],\"rows\":["
                        + "[null,-9223372036854775808,9223372036854775807],"
                        + "[\"é\\u0000\\\"/<=\",\"a\uFFFD\",{\"base64\":\"AA==\"}],"
                        + "[{\"base64\":\"\"},{\"base64\":\"//8=\"},0]],"
                        + "\"rows_affected\":0,\"last_insert_id\":0}\n");
        assertThat(new ObjectMapper().readTree(text).get("rows")).hasSize(3);
    }

    @Test
    void writesRealsWithAPointOrAnExponent() {
        double[] values = {100, 1e300, -0.0, 1234567, 0.1, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, 1 / 0.0};
        QueryEncoder encoder = new QueryEncoder(QueryLimits.DEFAULT, new JsonWriter());
        RowSink sink = encoder.single();
        sink.columns(V);
        sink.beginRow();
        for (double value : values) {
            sink.realCell(value);
        }
        sink.endRow();

        assertThat(encoder.finish(StatementResult.NOTHING).toString())
                .contains("[[100.0,1.0E300,-0.0,1234567.0,0.1,4.9E-324,1.7976931348623157E308,null,null]]");
    }

    @Test
    void cutsRowsOnlyWhenThereAreMoreThanTheCap() {
        QueryLimits limits = new QueryLimits(2, 1000, 1000);

        assertThat(rows(limits, "a", "b")).isEqualTo("[[\"a\"],[\"b\"]]");
        assertThat(rows(limits, "a", "b", "c")).isEqualTo("[[\"a\"],[\"b\"]],truncated");
        assertThat(rows(limits, "a", "b", "c", "d")).isEqualTo("[[\"a\"],[\"b\"]],truncated");
    }

    @Test
    void keepsTheRowThatPassesTheByteCapAndStops() {
        QueryLimits limits = new QueryLimits(100, 4, 1000);

        assertThat(rows(limits, "abc")).isEqualTo("[[\"abc\"]]");
        assertThat(rows(limits, "abcd")).isEqualTo("[[\"abcd\"]]");
        assertThat(rows(limits, "abcdefgh")).isEqualTo("[[\"abcdefgh\"]]");
        assertThat(rows(limits, "abc", "abc")).isEqualTo("[[\"abc\"],[\"abc\"]]");
        assertThat(rows(limits, "abcd", "e")).isEqualTo("[[\"abcd\"]],truncated");
        assertThat(rows(limits, "abc", "abc", "e")).isEqualTo("[[\"abc\"],[\"abc\"]],truncated");
    }

    @Test
    void countsEightBytesForOtherValues() {
        QueryEncoder encoder = new QueryEncoder(new QueryLimits(100, 16, 1000), new JsonWriter());
        RowSink sink = encoder.single();
        sink.columns(V);
        for (int row = 0; row < 3; row++) {
            sink.beginRow();
            sink.nullCell();
            sink.endRow();
        }

        assertThat(encoder.finish(StatementResult.NOTHING).toString())
                .contains("\"rows\":[[null],[null]]")
                .contains("\"truncated\":true");
    }

    @Test
    void asksForNoRowAfterTheOneThatShowsTheCut() {
        RowSink sink = new QueryEncoder(new QueryLimits(1, 1000, 1000), new JsonWriter()).single();
        sink.columns(V);

        sink.beginRow();
        assertThat(sink.endRow()).isEqualTo(RowSink.Demand.MORE);
        sink.beginRow();
        assertThat(sink.endRow()).isEqualTo(RowSink.Demand.ENOUGH);
    }

    @Test
    void startsAnewWhenAStatementIsTriedTwice() {
        QueryEncoder encoder = new QueryEncoder(QueryLimits.DEFAULT, new JsonWriter());
        RowSink sink = encoder.single();
        sink.columns(List.of());
        sink.columns(V);

        assertThat(encoder.finish(StatementResult.NOTHING).toString())
                .isEqualTo("{\"columns\":[\"v\"],\"rows\":[],\"rows_affected\":0,\"last_insert_id\":0}\n");
    }

    @Test
    void writesBatchesWithCapsForEachStatement() {
        QueryEncoder encoder = new QueryEncoder(new QueryLimits(1, 1000, 1000), new JsonWriter());
        for (int index = 0; index < 2; index++) {
            RowSink sink = encoder.begin(index);
            sink.columns(V);
            for (int row = 0; row <= index; row++) {
                sink.beginRow();
                sink.integerCell(row);
                sink.endRow();
            }
            encoder.end(index, new StatementResult(0, null));
        }

        assertThat(encoder.finishBatch().toString())
                .isEqualTo("{\"results\":["
                        + "{\"columns\":[\"v\"],\"rows\":[[0]],\"rows_affected\":0,\"last_insert_id\":0},"
                        + "{\"columns\":[\"v\"],\"rows\":[[0]],\"rows_affected\":0,\"last_insert_id\":0,"
                        + "\"truncated\":true}]}\n");
    }

    @Test
    void startsAnewWhenABatchIsTriedTwice() {
        QueryEncoder encoder = new QueryEncoder(QueryLimits.DEFAULT, new JsonWriter());
        encoder.begin(0).columns(V);
        encoder.end(0, StatementResult.NOTHING);
        encoder.begin(0).columns(List.of());
        encoder.end(0, StatementResult.NOTHING);

        assertThat(encoder.finishBatch().toString())
                .isEqualTo("{\"results\":[{\"columns\":[],\"rows\":[],\"rows_affected\":0,\"last_insert_id\":0}]}\n");
    }

    @Test
    void failsABatchWhoseAnswerGrowsTooLarge() {
        QueryEncoder encoder = new QueryEncoder(new QueryLimits(1, 50, 50), new JsonWriter());
        encoder.begin(0).columns(V);
        encoder.end(0, StatementResult.NOTHING);

        assertThatThrownBy(() -> encoder.begin(1))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.RESPONSE_TOO_LARGE));
    }

    @Test
    void failsARowThatGrowsTooLarge() {
        RowSink sink = new QueryEncoder(new QueryLimits(10, 10, 20), new JsonWriter()).single();
        sink.columns(V);
        sink.beginRow();
        sink.blobCell(new byte[9]);
        sink.endRow();
        sink.beginRow();
        sink.blobCell(new byte[20]);

        assertThatThrownBy(() -> sink.textCell(new byte[1]))
                .hasMessage("the answer is larger than 20 bytes (limits.max_response_size)");
    }

    @Test
    void refusesLimitsThatBoundNothing() {
        assertThatThrownBy(() -> new QueryLimits(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new QueryLimits(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new QueryLimits(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new QueryLimits(1, 1, 1L << 40)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The rows of one-column results, followed by "truncated" if they were cut. */
    private static String rows(QueryLimits limits, String... values) {
        QueryEncoder encoder = new QueryEncoder(limits, new JsonWriter());
        RowSink sink = encoder.single();
        sink.columns(V);
        for (String value : values) {
            sink.beginRow();
            sink.textCell(value.getBytes(StandardCharsets.UTF_8));
            if (sink.endRow() == RowSink.Demand.ENOUGH) {
                break;
            }
        }
        String text = encoder.finish(StatementResult.NOTHING).toString();
        String rows = text.substring(text.indexOf("\"rows\":") + 7, text.indexOf(",\"rows_affected\""));
        return rows + (text.endsWith(",\"truncated\":true}\n") ? ",truncated" : "");
    }
}
