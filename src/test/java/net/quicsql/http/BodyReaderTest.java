package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
    private static final MemoryBudget MEMORY = Buffers.memory();
    private static final int CAP = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, 16384, 19999, 20000})
    void readsBodiesOfKnownAndUnknownLength(int length) {
        byte[] body = bytes(length);

        assertThat(BodyReader.read(trickle(body), length, CAP, "s", MEMORY.share()))
                .isEqualTo(body);
        assertThat(BodyReader.read(trickle(body), BodyReader.UNKNOWN_LENGTH, CAP, "s", MEMORY.share()))
                .isEqualTo(body);
    }

    @Test
    void refusesALengthFarOverTheCapWithoutReading() {
        InputStream untouchable = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("read");
            }
        };

        assertProblem(
                () -> BodyReader.read(untouchable, 1L << 30, CAP, "max_bytes", MEMORY.share()),
                ProblemCode.BODY_TOO_LARGE);
        assertThatThrownBy(() -> BodyReader.read(untouchable, Long.MAX_VALUE, CAP, "max_bytes", MEMORY.share()))
                .hasMessage("the request body is larger than 20000 bytes (max_bytes)");
    }

    @ParameterizedTest
    @ValueSource(longs = {3L * CAP, BodyReader.UNKNOWN_LENGTH})
    void readsARefusedBodyToItsEndSoThatTheClientReadsTheAnswer(long length) throws IOException {
        ByteArrayInputStream body = new ByteArrayInputStream(bytes(3 * CAP));

        assertProblem(() -> BodyReader.read(body, length, CAP, "s", MEMORY.share()), ProblemCode.BODY_TOO_LARGE);

        assertThat(body.available()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "deflate", "identity, gzip", "x"})
    void refusesAnEncodedBodyAndReadsItToItsEnd(String encoding) {
        ByteArrayInputStream body = new ByteArrayInputStream(bytes(10));

        assertProblem(
                () -> BodyReader.read(
                        body, new RequestHeaders(null, null, "10", encoding, null), CAP, "s", MEMORY.share()),
                ProblemCode.UNSUPPORTED_ENCODING);

        assertThat(body.available()).isZero();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "identity", " Identity "})
    void readsABodyAsItIs(String encoding) {
        byte[] body = bytes(10);

        assertThat(BodyReader.read(
                        trickle(body), new RequestHeaders(null, null, null, encoding, null), CAP, "s", MEMORY.share()))
                .isEqualTo(body);
    }

    @Test
    void countsABodyOfUnknownLength() {
        assertProblem(
                () -> BodyReader.read(trickle(bytes(CAP + 1)), -1, CAP, "s", MEMORY.share()),
                ProblemCode.BODY_TOO_LARGE);
        assertProblem(() -> BodyReader.read(trickle(bytes(1)), -1, 0, "s", MEMORY.share()), ProblemCode.BODY_TOO_LARGE);
        assertThat(BodyReader.read(trickle(bytes(0)), -1, 0, "s", MEMORY.share()))
                .isEmpty();
    }

    @Test
    void refusesBodiesThatEndEarlyOrBreak() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("reset");
            }
        };

        assertProblem(
                () -> BodyReader.read(trickle(bytes(9)), 10, CAP, "s", MEMORY.share()), ProblemCode.INVALID_REQUEST);
        assertProblem(() -> BodyReader.read(broken, 10, CAP, "s", MEMORY.share()), ProblemCode.INVALID_REQUEST);
        assertProblem(() -> BodyReader.read(broken, -1, CAP, "s", MEMORY.share()), ProblemCode.INVALID_REQUEST);
    }

    @Test
    void tellsClientsThatFallSilent() {
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException(new TimeoutException());
            }
        };

        assertProblem(() -> BodyReader.read(silent, 10, CAP, "s", MEMORY.share()), ProblemCode.REQUEST_TIMEOUT);
    }

    private static void assertProblem(Runnable reading, ProblemCode code) {
        assertThatThrownBy(reading::run)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    /** Hands out a few bytes at a time, as a connection does. */
    private static InputStream trickle(byte[] bytes) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(length, 1000));
            }
        };
    }

    @Test
    void holdsNothingForASmallBody() {
        MemoryShare share = MEMORY.share();
        BodyReader.read(trickle(bytes(60_000)), 60_000, 1 << 20, "s", share);
        BodyReader.read(trickle(bytes(60_000)), BodyReader.UNKNOWN_LENGTH, 1 << 20, "s", share);
        assertThat(share.held()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void holdsMoreAsMoreArrives(boolean announced) {
        MemoryBudget memory = new MemoryBudget(10 << 20);
        MemoryShare share = memory.share();
        AtomicLong early = new AtomicLong();
        InputStream in = new InputStream() {
            private int left = 1_000_000;

            @Override
            public int read() {
                if (left == 950_000) {
                    early.set(memory.held());
                }
                return left-- > 0 ? 'x' : -1;
            }
        };
        assertThat(BodyReader.read(in, announced ? 1_000_000 : -1, 1 << 20, "s", share))
                .hasSize(1_000_000);
        assertThat(early.get()).isLessThan(1_000_000);
        assertThat(share.held()).isBetween(6_000_000L, 6L << 20);
        share.close();
        assertThat(memory.held()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesABodyForWhichThereIsNoMemoryNow(boolean announced) throws IOException {
        MemoryBudget memory = new MemoryBudget(10 << 20);
        MemoryShare others = memory.share();
        others.take(8 << 20);
        MemoryShare share = memory.share();
        InputStream in = trickle(bytes(1_000_000));
        assertProblem(
                () -> BodyReader.read(in, announced ? 1_000_000 : -1, 1 << 20, "s", share), ProblemCode.OVERLOADED);
        assertThat(share.held()).isZero();
        // Its client gets to read the answer.
        assertThat(in.read()).isNegative();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesABodyForWhichThereIsNeverMemory(boolean announced) {
        MemoryShare share = new MemoryBudget(1 << 20).share();
        assertThatThrownBy(() ->
                        BodyReader.read(trickle(bytes(1_000_000)), announced ? 1_000_000 : -1, 1 << 20, "s", share))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().code()).isEqualTo(ProblemCode.BODY_TOO_LARGE);
                    assertThat(e.problem().message()).contains("174762").contains("limits.memory_budget");
                });
        assertThat(share.held()).isZero();
    }
}
