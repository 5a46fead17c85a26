package net.quicsql.hrana.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.quicsql.hrana.BatchEncoder;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.hrana.protobuf.HranaMessages.PipelineRespBody;
import net.quicsql.hrana.protobuf.HranaMessages.StmtResult;
import net.quicsql.hrana.protobuf.HranaMessages.StreamResult;
import net.quicsql.hrana.protobuf.HranaMessages.Value;
import net.quicsql.http.Body;
import net.quicsql.http.Buffers;
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
import org.junit.jupiter.params.provider.EnumSource;

/** What is written is read by the generated classes, and is what they would have written. */
class ProtobufPipelineEncoderTest {
    private static final List<Column> A = List.of(new Column("a", null));
    private static final Problem PROBLEM = new Problem.SqlFailed(
            ProblemCode.SQL_CONSTRAINT, 19, 2067, "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: t.c");

    private final ProtobufPipelineEncoder encoder = encoder(1_000_000);

    @Test
    void writesAnEmptyAnswer() throws IOException {
        PipelineRespBody body = body(encoder, "the-baton");
        assertThat(body.getBaton()).isEqualTo("the-baton");
        assertThat(body.hasBaseUrl()).isFalse();
        assertThat(body.getResultsCount()).isZero();
        assertThat(body(encoder(1), null)).isEqualTo(PipelineRespBody.getDefaultInstance());
    }

    @Test
    void writesEveryTypeOfValue() throws IOException {
        RowSink sink = encoder.beginExecute(true);
        sink.columns(List.of(new Column("a", "INTEGER"), new Column("a", null)));
        sink.beginRow();
        sink.nullCell();
        sink.integerCell(Long.MIN_VALUE);
        sink.integerCell(Long.MAX_VALUE);
        sink.integerCell(0);
        sink.integerCell(-1);
        sink.endRow();
        sink.beginRow();
        sink.realCell(-1.5e300);
        sink.realCell(Double.POSITIVE_INFINITY);
        sink.realCell(-0.0);
        sink.endRow();
        sink.beginRow();
        sink.textCell("a\"/\\\n\0é😀".getBytes(StandardCharsets.UTF_8));
        sink.textCell(new byte[] {'x', (byte) 0xFF, (byte) 0xE2, (byte) 0x82});
        sink.textCell(new byte[0]);
        sink.blobCell(new byte[] {(byte) 0xFF, (byte) 0xFE});
        sink.blobCell(new byte[0]);
        sink.endRow();
        encoder.endExecute(new StatementResult(3, -5L), 12_345_678);
        StmtResult result = results(encoder).get(0).getOk().getExecute().getResult();
        assertThat(result)
                .isEqualTo(StmtResult.newBuilder()
                        .addCols(HranaMessages.Col.newBuilder().setName("a").setDecltype("INTEGER"))
                        .addCols(HranaMessages.Col.newBuilder().setName("a"))
                        .addRows(HranaMessages.Row.newBuilder()
                                .addValues(value().setNull(HranaMessages.Null.getDefaultInstance()))
                                .addValues(value().setInteger(Long.MIN_VALUE))
                                .addValues(value().setInteger(Long.MAX_VALUE))
                                .addValues(value().setInteger(0))
                                .addValues(value().setInteger(-1)))
                        .addRows(HranaMessages.Row.newBuilder()
                                .addValues(value().setFloat(-1.5e300))
                                .addValues(value().setFloat(Double.POSITIVE_INFINITY))
                                .addValues(value().setFloat(-0.0)))
                        .addRows(HranaMessages.Row.newBuilder()
                                .addValues(value().setText("a\"/\\\n\0é😀"))
                                .addValues(value().setText("x\uFFFD\uFFFD"))
                                .addValues(value().setText(""))
                                .addValues(value().setBlob(ByteString.copyFrom(new byte[] {-1, -2})))
                                .addValues(value().setBlob(ByteString.EMPTY)))
                        .setAffectedRowCount(3)
                        .setLastInsertRowid(-5)
                        .setQueryDurationMs(12.345)
                        .build());
    }

    @Test
    void writesRowsOfEverySize() throws IOException {
        RowSink sink = encoder.beginExecute(true);
        sink.columns(A);
        HranaMessages.StmtResult.Builder expected =
                StmtResult.newBuilder().addCols(HranaMessages.Col.newBuilder().setName("a"));
        // Around the lengths at which a length takes one byte more.
        for (int length : new int[] {0, 1, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 16_370, 16_384, 70_000}) {
            sink.beginRow();
            sink.blobCell(new byte[length]);
            sink.endRow();
            expected.addRows(
                    HranaMessages.Row.newBuilder().addValues(value().setBlob(ByteString.copyFrom(new byte[length]))));
        }
        sink.beginRow();
        sink.endRow();
        encoder.endExecute(StatementResult.NOTHING, 0);
        StmtResult result = results(encoder).get(0).getOk().getExecute().getResult();
        assertThat(result)
                .isEqualTo(
                        expected.addRows(HranaMessages.Row.getDefaultInstance()).build());
        assertThat(result.hasLastInsertRowid()).isFalse();
    }

    @Test
    void leavesOutRowsThatAreNotWantedAndStillAsksForThem() throws IOException {
        RowSink sink = encoder.beginExecute(false);
        sink.columns(A);
        assertThat(row(sink, "x")).isEqualTo(Demand.MORE);
        encoder.endExecute(StatementResult.NOTHING, 0);
        StmtResult result = results(encoder).get(0).getOk().getExecute().getResult();
        assertThat(result.getColsCount()).isEqualTo(1);
        assertThat(result.getRowsCount()).isZero();
    }

    @Test
    void writesAnErrorInPlaceOfWhatHadBegun() throws IOException {
        encoder.autocommit(true);
        RowSink sink = encoder.beginExecute(true);
        sink.columns(A);
        row(sink, "x");
        sink.beginRow();
        sink.integerCell(1);
        encoder.error(PROBLEM);
        encoder.autocommit(false);
        List<StreamResult> results = results(encoder);
        assertThat(results).hasSize(3);
        assertThat(results.get(0).getOk().getGetAutocommit().getIsAutocommit()).isTrue();
        assertThat(results.get(1).getError().getMessage()).isEqualTo("UNIQUE constraint failed: t.c");
        assertThat(results.get(1).getError().getCode()).isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
        assertThat(results.get(2).getOk().hasGetAutocommit()).isTrue();
        assertThat(results.get(2).getOk().getGetAutocommit().getIsAutocommit()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = StreamRequest.Kind.class,
            names = {"SEQUENCE", "STORE_SQL", "CLOSE_SQL", "CLOSE"})
    void echoesTheTypeOfACommand(StreamRequest.Kind kind) throws IOException {
        encoder.done(kind);
        assertThat(results(encoder).get(0).getOk().getResponseCase().name()).isEqualTo(kind.name());
    }

    @Test
    void describes() throws IOException {
        var parameters = SqlScanner.scan("SELECT :a, ?4").statements().get(0).parameters();
        encoder.description(
                new Description(parameters, List.of(new Column("x", "TEXT"), new Column("y", null)), true, false));
        HranaMessages.DescribeResult result =
                results(encoder).get(0).getOk().getDescribe().getResult();
        assertThat(result)
                .isEqualTo(HranaMessages.DescribeResult.newBuilder()
                        .addParams(HranaMessages.DescribeParam.newBuilder().setName(":a"))
                        .addParams(HranaMessages.DescribeParam.getDefaultInstance())
                        .addParams(HranaMessages.DescribeParam.getDefaultInstance())
                        .addParams(HranaMessages.DescribeParam.newBuilder().setName("?4"))
                        .addCols(HranaMessages.DescribeCol.newBuilder()
                                .setName("x")
                                .setDecltype("TEXT"))
                        .addCols(HranaMessages.DescribeCol.newBuilder().setName("y"))
                        .setIsExplain(true)
                        .build());
    }

    @Test
    void writesABatch() throws IOException {
        BatchEncoder batch = encoder.beginBatch(5);
        batch.begin(0, true).columns(List.of());
        assertThat(batch.end(0, StatementResult.NOTHING, 0)).isTrue();
        batch.skip(1);
        RowSink sink = batch.begin(2, true);
        sink.columns(A);
        row(sink, "lost");
        batch.error(2, PROBLEM);
        batch.error(3, PROBLEM);
        RowSink last = batch.begin(4, true);
        last.columns(A);
        row(last, "kept");
        batch.end(4, new StatementResult(1, 2L), 0);
        encoder.endBatch();
        encoder.beginBatch(0);
        encoder.endBatch();
        encoder.done(StreamRequest.Kind.CLOSE);
        List<StreamResult> results = results(encoder);
        assertThat(results).hasSize(3);
        HranaMessages.BatchResult result = results.get(0).getOk().getBatch().getResult();
        assertThat(result.getStepResultsMap()).containsOnlyKeys(0, 4);
        assertThat(result.getStepErrorsMap()).containsOnlyKeys(2, 3);
        assertThat(result.getStepErrorsOrThrow(2).getCode()).isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
        assertThat(result.getStepResultsOrThrow(4).getRows(0).getValues(0).getText())
                .isEqualTo("kept");
        assertThat(result.getStepResultsOrThrow(4).getLastInsertRowid()).isEqualTo(2);
        assertThat(results.get(1).getOk().getBatch().hasResult()).isTrue();
        assertThat(results.get(2).getOk().hasClose()).isTrue();
    }

    @Test
    void replacesAResultThatIsTooLargeByAnError() throws IOException {
        ProtobufPipelineEncoder small = encoder(500);
        RowSink sink = small.beginExecute(true);
        sink.columns(A);
        assertThat(row(sink, "x".repeat(300))).isEqualTo(Demand.MORE);
        assertThat(row(sink, "x".repeat(300))).isEqualTo(Demand.ENOUGH);
        assertThat(row(sink, "y")).isEqualTo(Demand.ENOUGH);
        small.endExecute(StatementResult.NOTHING, 0);
        BatchEncoder batch = small.beginBatch(2);
        RowSink step = batch.begin(0, true);
        step.columns(A);
        row(step, "x".repeat(600));
        assertThat(batch.end(0, StatementResult.NOTHING, 0)).isFalse();
        batch.begin(1, true).columns(List.of());
        assertThat(batch.end(1, StatementResult.NOTHING, 0)).isTrue();
        small.endBatch();
        small.autocommit(true);
        List<StreamResult> results = results(small);
        assertThat(results.get(0).getError().getCode()).isEqualTo("RESPONSE_TOO_LARGE");
        HranaMessages.BatchResult result = results.get(1).getOk().getBatch().getResult();
        assertThat(result.getStepErrorsOrThrow(0).getCode()).isEqualTo("RESPONSE_TOO_LARGE");
        assertThat(result.getStepResultsMap()).containsOnlyKeys(1);
        assertThat(results.get(2).getOk().getGetAutocommit().getIsAutocommit()).isTrue();
    }

    @Test
    void dropsTheCellsOfARowThatIsTooLarge() throws IOException {
        ProtobufPipelineEncoder small = encoder(1000);
        RowSink sink = small.beginExecute(true);
        sink.columns(A);
        sink.beginRow();
        for (int i = 0; i < 100; i++) {
            sink.blobCell(new byte[600]);
        }
        assertThat(sink.endRow()).isEqualTo(Demand.ENOUGH);
        small.endExecute(StatementResult.NOTHING, 0);
        assertThat(results(small).get(0).getError().getCode()).isEqualTo("RESPONSE_TOO_LARGE");
    }

    @Test
    void writesResultsWithoutColumnsBeyondTheLimit() throws IOException {
        ProtobufPipelineEncoder small = encoder(500);
        BatchEncoder batch = small.beginBatch(100);
        for (int i = 0; i < 100; i++) {
            batch.begin(i, true).columns(List.of());
            assertThat(batch.end(i, StatementResult.NOTHING, 0)).isTrue();
        }
        small.endBatch();
        assertThat(results(small).get(0).getOk().getBatch().getResult().getStepResultsCount())
                .isEqualTo(100);
    }

    @Test
    void shortensErrorsAndDescriptionsBeyondTheLimit() throws IOException {
        ProtobufPipelineEncoder small = encoder(500);
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
        PipelineRespBody body = body(small, null);
        assertThat(body.getSerializedSize()).isLessThan(1000);
        assertThat(body.toString()).doesNotContain("xxx");
        assertThat(body.getResultsCount()).isEqualTo(3);
    }

    private static ProtobufPipelineEncoder encoder(int maxResponseBytes) {
        return new ProtobufPipelineEncoder(maxResponseBytes, new MessageOutput(Buffers.roomy()));
    }

    private static Demand row(RowSink sink, String text) {
        sink.beginRow();
        sink.textCell(text.getBytes(StandardCharsets.UTF_8));
        return sink.endRow();
    }

    private static Value.Builder value() {
        return Value.newBuilder();
    }

    private static List<StreamResult> results(ProtobufPipelineEncoder encoder) throws IOException {
        return body(encoder, null).getResultsList();
    }

    /** Reads an answer, which must be known to its last field and as long as it says. */
    private static PipelineRespBody body(ProtobufPipelineEncoder encoder, String baton) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Body body = encoder.finish(baton)) {
            body.writeTo(out);
            assertThat(body.length()).isEqualTo(out.size());
        }
        PipelineRespBody message = PipelineRespBody.parseFrom(out.toByteArray());
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        return message;
    }
}
