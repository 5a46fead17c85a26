package net.quicsql.hrana.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.http.AnswerBuffers;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SocketMessageTest {
    private static final int LARGE = 100_000;
    private static final int ANY = Integer.MAX_VALUE;

    private final MemoryBudget memory = new MemoryBudget(10_000_000);

    @TempDir
    Path folder;

    @Test
    void holdsTheMemoryOfAMessageUntilItIsHandled() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        assertThat(message.add(part(LARGE / 2), false, ANY)).isEqualTo(SocketMessage.State.INCOMPLETE);
        assertThat(message.add(part(LARGE / 2), true, ANY)).isEqualTo(SocketMessage.State.COMPLETE);
        List<Runnable> handled = new ArrayList<>();
        message.take((bytes, done) -> {
            assertThat(bytes).hasSize(LARGE);
            handled.add(done);
        });
        message.drop();
        assertThat(memory.held()).isPositive();
        handled.forEach(Runnable::run);
        handled.forEach(Runnable::run);
        assertThat(memory.held()).isZero();
    }

    @Test
    void holdsNothingForAMessageWhoseTakerFails() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        message.add(part(LARGE), true, ANY);
        assertThat(memory.held()).isPositive();
        assertThatThrownBy(() -> message.take((bytes, done) -> {
                    throw new StackOverflowError("expected by the test");
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(memory.held()).isZero();
    }

    /** A connection may break on one thread while another one adds what it has read. */
    @Test
    void holdsNothingForAPartThatComesAfterTheEnd() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        message.add(part(LARGE / 2), false, ANY);
        message.drop();
        assertThat(memory.held()).isZero();
        message.add(part(LARGE), true, ANY);
        message.take((bytes, done) -> {
            throw new AssertionError("there is no message");
        });
        assertThat(memory.held()).isZero();
        message.drop();
        assertThat(memory.held()).isZero();
    }

    @Test
    void throwsAwayWhatIsTooLargeUpToItsEnd() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        message.add(part(LARGE), false, ANY);
        assertThat(message.add(part(1), false, ANY)).isEqualTo(SocketMessage.State.INCOMPLETE);
        assertThat(memory.held()).isZero();
        assertThat(message.add(part(LARGE), false, ANY)).isEqualTo(SocketMessage.State.INCOMPLETE);
        assertThat(message.add(part(0), true, ANY)).isEqualTo(SocketMessage.State.TOO_LARGE);
        assertThat(message.refusal()).contains("100000", "limits.max_hrana_body");
    }

    @Test
    void takesLittleBeforeHelloAndNothingOfTheBudget() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        assertThat(message.add(part(MemoryShare.FREE_BYTES), false, MemoryShare.FREE_BYTES))
                .isEqualTo(SocketMessage.State.INCOMPLETE);
        assertThat(memory.held()).isZero();
        assertThat(message.add(part(1), true, MemoryShare.FREE_BYTES)).isEqualTo(SocketMessage.State.TOO_LARGE);
        assertThat(message.refusal()).contains("before hello");
    }

    @Test
    void countsSmallMessagesOnceManyWaitForTheirAnswers() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        List<Runnable> handled = new ArrayList<>();
        for (int i = 0; i < MemoryShare.FREE_BYTES / 1024; i++) {
            assertThat(message.add(part(1024), true, ANY)).isEqualTo(SocketMessage.State.COMPLETE);
            message.take((whole, done) -> handled.add(done));
        }
        assertThat(memory.held()).isZero();
        SocketMessage.State state = message.add(part(1024), true, ANY);
        while (state == SocketMessage.State.COMPLETE) {
            message.take((whole, done) -> handled.add(done));
            state = message.add(part(1024), true, ANY);
        }
        assertThat(state).isEqualTo(SocketMessage.State.NO_MEMORY);
        assertThat(message.refusal()).contains("limits.memory_budget");
        handled.forEach(Runnable::run);
        assertThat(memory.held()).isZero();
    }

    @Test
    void isStuckWhenOneMessageHardlyGrows() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        assertThat(message.isStuck(100)).isFalse();
        message.add(part(500), false, ANY);
        assertThat(message.isStuck(100)).as("it began a moment ago").isFalse();
        message.add(part(100), false, ANY);
        assertThat(message.isStuck(100)).isFalse();
        message.add(part(99), false, ANY);
        assertThat(message.isStuck(100)).isTrue();
    }

    @Test
    void isNotStuckBetweenMessagesNorWhenAnotherOneBegan() {
        SocketMessage message = new SocketMessage(LARGE, new AnswerBuffers(memory, folder));
        message.add(part(5), false, ANY);
        assertThat(message.isStuck(100)).isFalse();
        message.add(part(5), true, ANY);
        message.take((whole, done) -> done.run());
        assertThat(message.isStuck(100)).isFalse();
        message.add(part(5), false, ANY);
        assertThat(message.isStuck(100)).isFalse();
    }

    private static ByteBuffer part(int length) {
        return ByteBuffer.allocate(length);
    }
}
