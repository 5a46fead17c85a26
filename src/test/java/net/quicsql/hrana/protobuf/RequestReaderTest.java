package net.quicsql.hrana.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.quicsql.hrana.BatchCondition;
import net.quicsql.hrana.PipelineRequest;
import net.quicsql.hrana.SqlText;
import net.quicsql.hrana.StreamRequest;
import net.quicsql.http.Buffers;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.SqlValue;
import org.junit.jupiter.api.Test;

class RequestReaderTest {
    private static final HranaMessages.StreamRequest SELECT =
            execute(HranaMessages.Stmt.newBuilder().setSql("SELECT 1"));

    private final ProtobufEncoding encoding = new ProtobufEncoding(1_000, Buffers.roomy());

    @Test
    void readsEveryRequest() {
        PipelineRequest pipeline = pipeline(
                SELECT,
                request()
                        .setSequence(
                                HranaMessages.SequenceStreamReq.newBuilder().setSql("a;b"))
                        .build(),
                request()
                        .setSequence(
                                HranaMessages.SequenceStreamReq.newBuilder().setSqlId(0))
                        .build(),
                request()
                        .setDescribe(
                                HranaMessages.DescribeStreamReq.newBuilder().setSqlId(-5))
                        .build(),
                request()
                        .setStoreSql(HranaMessages.StoreSqlStreamReq.newBuilder()
                                .setSqlId(3)
                                .setSql("x"))
                        .build(),
                request()
                        .setCloseSql(
                                HranaMessages.CloseSqlStreamReq.newBuilder().setSqlId(3))
                        .build(),
                request()
                        .setGetAutocommit(HranaMessages.GetAutocommitStreamReq.getDefaultInstance())
                        .build(),
                request()
                        .setClose(HranaMessages.CloseStreamReq.getDefaultInstance())
                        .build());
        assertThat(pipeline.baton()).isNull();
        assertThat(pipeline.requests().get(0)).isInstanceOf(StreamRequest.Execute.class);
        assertThat(pipeline.requests().subList(1, 8))
                .containsExactly(
                        new StreamRequest.Sequence(SqlText.of("a;b")),
                        new StreamRequest.Sequence(SqlText.stored(0)),
                        new StreamRequest.Describe(SqlText.stored(-5)),
                        new StreamRequest.StoreSql(3, "x"),
                        new StreamRequest.CloseSql(3),
                        new StreamRequest.GetAutocommit(),
                        new StreamRequest.Close());
    }

    @Test
    void takesWhatIsLeftOutForItsDefault() {
        PipelineRequest pipeline = pipeline(
                request()
                        .setStoreSql(HranaMessages.StoreSqlStreamReq.getDefaultInstance())
                        .build(),
                request()
                        .setCloseSql(HranaMessages.CloseSqlStreamReq.getDefaultInstance())
                        .build(),
                request()
                        .setBatch(HranaMessages.BatchStreamReq.newBuilder()
                                .setBatch(HranaMessages.Batch.getDefaultInstance()))
                        .build());
        assertThat(pipeline.requests().get(0)).isEqualTo(new StreamRequest.StoreSql(0, ""));
        assertThat(pipeline.requests().get(1)).isEqualTo(new StreamRequest.CloseSql(0));
        assertThat(((StreamRequest.ExecuteBatch) pipeline.requests().get(2))
                        .batch()
                        .steps())
                .isEmpty();
        assertThat(encoding.pipelineRequest(new byte[0]).requests()).isEmpty();
        assertThat(encoding.pipelineRequest(HranaMessages.PipelineReqBody.newBuilder()
                                .setBaton("")
                                .build()
                                .toByteArray())
                        .baton())
                .isNull();
    }

    @Test
    void readsValues() {
        byte[] blob = {0, -1};
        List<SqlValue> values = arguments(
                        value().setNull(HranaMessages.Null.getDefaultInstance()),
                        value().setInteger(Long.MIN_VALUE),
                        value().setInteger(Long.MAX_VALUE),
                        value().setInteger(0),
                        value().setFloat(Double.NEGATIVE_INFINITY),
                        value().setFloat(Double.NaN),
                        value().setText("a\0\uD83D\uDE00"),
                        value().setText(""),
                        value().setBlob(ByteString.EMPTY),
                        value().setBlob(ByteString.copyFrom(blob)))
                .positional();
        assertThat(values.subList(0, 8))
                .containsExactly(
                        SqlValue.NULL,
                        new SqlValue.Integer(Long.MIN_VALUE),
                        new SqlValue.Integer(Long.MAX_VALUE),
                        new SqlValue.Integer(0),
                        new SqlValue.Real(Double.NEGATIVE_INFINITY),
                        new SqlValue.Real(Double.NaN),
                        new SqlValue.Text("a\0\uD83D\uDE00"),
                        new SqlValue.Text(""));
        assertThat(((SqlValue.Blob) values.get(8)).value()).isEmpty();
        assertThat(((SqlValue.Blob) values.get(9)).value()).isEqualTo(blob);
    }

    @Test
    void readsStatements() {
        HranaMessages.Stmt.Builder stmt = HranaMessages.Stmt.newBuilder()
                .setSqlId(7)
                .addNamedArgs(HranaMessages.NamedArg.newBuilder().setName(":a").setValue(value().setInteger(1)))
                .addArgs(value().setText("x"))
                .setWantRows(false);
        StreamRequest.Execute execute =
                (StreamRequest.Execute) pipeline(execute(stmt)).requests().get(0);
        assertThat(execute.stmt().text()).isEqualTo(SqlText.stored(7));
        assertThat(execute.stmt().wantRows()).isFalse();
        assertThat(execute.stmt().arguments())
                .isEqualTo(new Arguments(
                        List.of(new SqlValue.Text("x")), List.of(new Arguments.Named(":a", new SqlValue.Integer(1)))));
        StreamRequest.Execute plain =
                (StreamRequest.Execute) pipeline(SELECT).requests().get(0);
        assertThat(plain.stmt().wantRows()).isTrue();
        assertThat(plain.stmt().arguments().isEmpty()).isTrue();
    }

    @Test
    void readsConditions() {
        HranaMessages.BatchCond ok = cond().setStepOk(0).build();
        HranaMessages.BatchCond all = cond().setAnd(HranaMessages.BatchCond.CondList.newBuilder()
                        .addConds(cond().setNot(ok))
                        .addConds(cond().setStepError(0))
                        .addConds(cond().setOr(HranaMessages.BatchCond.CondList.getDefaultInstance()))
                        .addConds(cond().setIsAutocommit(HranaMessages.BatchCond.IsAutocommit.getDefaultInstance())))
                .build();
        HranaMessages.CursorReqBody body = HranaMessages.CursorReqBody.newBuilder()
                .setBaton("b")
                .setBatch(HranaMessages.Batch.newBuilder()
                        .addSteps(HranaMessages.BatchStep.newBuilder()
                                .setStmt(HranaMessages.Stmt.newBuilder().setSql("a")))
                        .addSteps(HranaMessages.BatchStep.newBuilder()
                                .setStmt(HranaMessages.Stmt.newBuilder().setSql("b"))
                                .setCondition(all)))
                .build();
        var cursor = encoding.cursorRequest(body.toByteArray());
        assertThat(cursor.baton()).isEqualTo("b");
        assertThat(cursor.batch().steps().get(0).condition()).isNull();
        assertThat(cursor.batch().steps().get(1).condition())
                .isEqualTo(new BatchCondition.And(List.of(
                        new BatchCondition.Not(new BatchCondition.Ok(0)),
                        new BatchCondition.Error(0),
                        new BatchCondition.Or(List.of()),
                        new BatchCondition.IsAutocommit())));
    }

    @Test
    void skipsUnknownFields() {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        99,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(1)
                                .addFixed32(2)
                                .addFixed64(3)
                                .addLengthDelimited(ByteString.copyFromUtf8("four"))
                                .addGroup(UnknownFieldSet.newBuilder()
                                        .addField(
                                                1,
                                                UnknownFieldSet.Field.newBuilder()
                                                        .addVarint(5)
                                                        .build())
                                        .build())
                                .build())
                .build();
        byte[] body = HranaMessages.PipelineReqBody.newBuilder()
                .setUnknownFields(unknown)
                .addRequests(request()
                        .setExecute(HranaMessages.ExecuteStreamReq.newBuilder()
                                .setUnknownFields(unknown)
                                .setStmt(HranaMessages.Stmt.newBuilder()
                                        .setSql("SELECT ?")
                                        .setUnknownFields(unknown)
                                        .addArgs(value().setInteger(1).setUnknownFields(unknown)))))
                .addRequests(request()
                        .setClose(HranaMessages.CloseStreamReq.newBuilder().setUnknownFields(unknown)))
                .build()
                .toByteArray();
        assertThat(encoding.pipelineRequest(body).requests()).hasSize(2);
    }

    @Test
    void refusesMessagesWithoutContent() {
        refused(ProblemCode.INVALID_REQUEST, request().build());
        refused(ProblemCode.INVALID_REQUEST, execute(HranaMessages.Stmt.newBuilder()));
        refused(
                ProblemCode.INVALID_REQUEST,
                execute(HranaMessages.Stmt.newBuilder().setSql("x").setSqlId(1)));
        refused(
                ProblemCode.INVALID_REQUEST,
                execute(HranaMessages.Stmt.newBuilder().setSql("x").addArgs(value())));
        refused(
                ProblemCode.INVALID_REQUEST,
                execute(HranaMessages.Stmt.newBuilder()
                        .setSql("x")
                        .addNamedArgs(HranaMessages.NamedArg.newBuilder().setName("a"))));
        refused(
                ProblemCode.INVALID_REQUEST,
                request()
                        .setExecute(HranaMessages.ExecuteStreamReq.getDefaultInstance())
                        .build());
        refused(
                ProblemCode.INVALID_REQUEST,
                request()
                        .setBatch(HranaMessages.BatchStreamReq.getDefaultInstance())
                        .build());
        refused(ProblemCode.INVALID_REQUEST, batch(HranaMessages.BatchStep.newBuilder()));
        refused(
                ProblemCode.INVALID_REQUEST,
                batch(HranaMessages.BatchStep.newBuilder()
                        .setStmt(HranaMessages.Stmt.newBuilder().setSql("x"))
                        .setCondition(cond())));
        refused(
                ProblemCode.INVALID_REQUEST,
                batch(HranaMessages.BatchStep.newBuilder()
                        .setStmt(HranaMessages.Stmt.newBuilder().setSql("x"))
                        .setCondition(cond().setStepOk(-1))));
        refused(
                ProblemCode.INVALID_REQUEST,
                request()
                        .setSequence(HranaMessages.SequenceStreamReq.getDefaultInstance())
                        .build());
        assertThatThrownBy(() -> encoding.cursorRequest(new byte[0]))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST));
    }

    @Test
    void refusesTextThatIsNotUtf8() throws IOException {
        for (byte[] bad :
                new byte[][] {{(byte) 0xFF}, {(byte) 0xC0, (byte) 0x80}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}}) {
            malformed(field(1, bad));
            // pipeline, request, execute, stmt, and then its text or that of an argument
            malformed(field(2, field(2, field(1, field(1, bad)))));
            malformed(field(2, field(2, field(1, field(3, field(4, bad))))));
        }
    }

    @Test
    void refusesKnownFieldsOfAnotherType() throws IOException {
        // A baton that is a number, requests that are a number, an integer that is text, a text that is a double.
        malformed(new byte[] {0x08, 0x01});
        malformed(new byte[] {0x10, 0x01});
        malformed(field(2, field(2, field(1, field(3, field(2, new byte[] {1}))))));
        malformed(field(2, field(2, field(1, field(3, new byte[] {0x21, 0, 0, 0, 0, 0, 0, 0, 0})))));
    }

    @Test
    void refusesBrokenFraming() throws IOException {
        malformed(new byte[] {0});
        malformed(new byte[] {7});
        malformed(new byte[] {0x0C});
        malformed(new byte[] {0x12, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF});
        malformed(new byte[] {0x12, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F});
        // An inner message that is longer than the one around it.
        malformed(new byte[] {0x12, 0x02, 0x12, 0x05, 0, 0, 0, 0, 0});
        // A field of which only the beginning is inside its message.
        malformed(new byte[] {0x12, 0x01, 0x12, 0x00});
    }

    @Test
    void readsNothingButWholeBodies() {
        byte[] whole = HranaMessages.PipelineReqBody.newBuilder()
                .addRequests(execute(HranaMessages.Stmt.newBuilder()
                        .setSql("SELECT ?, ?")
                        .addArgs(value().setText("some text"))
                        .addArgs(value().setFloat(1))))
                .build()
                .toByteArray();
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> encoding.pipelineRequest(cut)).isInstanceOf(ProblemException.class);
        }
    }

    @Test
    void answersAnyBytesWithARequestOrAProblem() {
        byte[] whole = HranaMessages.PipelineReqBody.newBuilder()
                .setBaton("baton")
                .addRequests(execute(
                        HranaMessages.Stmt.newBuilder().setSql("SELECT ?").addArgs(value().setText("x"))))
                .addRequests(batch(HranaMessages.BatchStep.newBuilder()
                        .setStmt(HranaMessages.Stmt.newBuilder().setSql("x"))))
                .build()
                .toByteArray();
        Random random = new Random(11);
        int read = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] body = whole.clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                encoding.pipelineRequest(body);
                read++;
            } catch (ProblemException e) {
                assertThat(e.problem().code()).isIn(ProblemCode.INVALID_PROTOBUF, ProblemCode.INVALID_REQUEST);
            }
        }
        assertThat(read).isBetween(1_000, 99_000);
    }

    @Test
    void refusesMessagesThatNestTooDeeply() throws IOException {
        byte[] condition = {0x32, 0x00};
        for (int i = 0; i < 90; i++) {
            condition = field(3, condition);
        }
        HranaMessages.BatchStep.Builder step = HranaMessages.BatchStep.newBuilder()
                .setStmt(HranaMessages.Stmt.newBuilder().setSql("x"))
                .setCondition(HranaMessages.BatchCond.parseFrom(condition));
        byte[] fits = HranaMessages.CursorReqBody.newBuilder()
                .setBatch(HranaMessages.Batch.newBuilder().addSteps(step))
                .build()
                .toByteArray();
        assertThat(encoding.cursorRequest(fits).batch().steps()).hasSize(1);

        byte[] deep = condition;
        for (int i = 0; i < 5_000; i++) {
            deep = field(3, deep);
        }
        byte[] tooDeep = field(2, field(1, field(1, deep)));
        assertThatThrownBy(() -> encoding.cursorRequest(tooDeep)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_PROTOBUF);
            assertThat(e.problem().message()).contains("too deeply");
        });
        // Groups that are skipped recurse in the library.
        byte[] groups = new byte[1_000_000];
        Arrays.fill(groups, (byte) 0x7B);
        malformed(groups);
    }

    @Test
    void refusesListsThatAreTooLong() {
        // Two bytes a request: a closed list of them would cost many times the body.
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i <= RequestReader.MAX_ITEMS; i++) {
            body.writeBytes(new byte[] {0x12, 0x02, 0x0A, 0x00});
        }
        assertThatThrownBy(() -> encoding.pipelineRequest(body.toByteArray()))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_REQUEST));
        assertThat(encoding.pipelineRequest(Arrays.copyOf(body.toByteArray(), body.size() - 4))
                        .requests())
                .hasSize(RequestReader.MAX_ITEMS);
    }

    private void malformed(byte[] body) {
        assertThatThrownBy(() -> encoding.pipelineRequest(body)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_PROTOBUF);
            assertThat(e.problem().message()).doesNotContain("\n").hasSizeLessThan(400);
        });
    }

    private void refused(ProblemCode code, HranaMessages.StreamRequest request) {
        assertThatThrownBy(() -> pipeline(request))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    private PipelineRequest pipeline(HranaMessages.StreamRequest... requests) {
        return encoding.pipelineRequest(HranaMessages.PipelineReqBody.newBuilder()
                .addAllRequests(List.of(requests))
                .build()
                .toByteArray());
    }

    private Arguments arguments(HranaMessages.Value.Builder... values) {
        HranaMessages.Stmt.Builder stmt = HranaMessages.Stmt.newBuilder().setSql("x");
        for (HranaMessages.Value.Builder value : values) {
            stmt.addArgs(value);
        }
        return ((StreamRequest.Execute) pipeline(execute(stmt)).requests().get(0))
                .stmt()
                .arguments();
    }

    private static HranaMessages.StreamRequest execute(HranaMessages.Stmt.Builder stmt) {
        return request()
                .setExecute(HranaMessages.ExecuteStreamReq.newBuilder().setStmt(stmt))
                .build();
    }

    private static HranaMessages.StreamRequest batch(HranaMessages.BatchStep.Builder step) {
        return request()
                .setBatch(HranaMessages.BatchStreamReq.newBuilder()
                        .setBatch(HranaMessages.Batch.newBuilder().addSteps(step)))
                .build();
    }

    private static HranaMessages.StreamRequest.Builder request() {
        return HranaMessages.StreamRequest.newBuilder();
    }

    private static HranaMessages.Value.Builder value() {
        return HranaMessages.Value.newBuilder();
    }

    private static HranaMessages.BatchCond.Builder cond() {
        return HranaMessages.BatchCond.newBuilder();
    }

    private static byte[] field(int number, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(number, content);
        out.flush();
        return bytes.toByteArray();
    }
}
