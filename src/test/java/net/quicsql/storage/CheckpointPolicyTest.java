package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckpointPolicyTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MILLI = Duration.ofMillis(1).toNanos();

    private final CheckpointPolicy policy = new CheckpointPolicy(256 * MIB, true, 0);

    @Test
    void leavesASmallLogAloneUntilItIsQuietForLong() {
        policy.saw(stamp(MIB, 1), 0);
        assertThat(policy.isWorthALook(29 * SECOND)).isFalse();
        assertThat(policy.isWorthALook(31 * SECOND)).isTrue();
        policy.saw(stamp(MIB, 2), 31 * SECOND);
        assertThat(policy.isWorthALook(32 * SECOND)).isFalse();
        policy.saw(stamp(0, 3), 33 * SECOND);
        assertThat(policy.isWorthALook(90 * SECOND)).as("an empty log").isFalse();
    }

    @Test
    void takesALargeLogForIdleSooner() {
        policy.saw(stamp(5 * MIB, 1), 0);
        assertThat(policy.isIdle(5 * MIB, SECOND)).isFalse();
        assertThat(policy.isIdle(5 * MIB, 3 * SECOND)).isTrue();
        policy.saw(stamp(5 * MIB, 2), 3 * SECOND);
        assertThat(policy.isIdle(5 * MIB, 4 * SECOND))
                .as("begun anew at the same size")
                .isFalse();
    }

    @Test
    void keepsAFileOfItsUsualSizeForLongerThanALargerOne() {
        policy.saw(stamp(20 * MIB, 1), 0);
        assertThat(policy.isForgotten(29 * SECOND)).isFalse();
        assertThat(policy.isForgotten(31 * SECOND)).isTrue();
        policy.saw(stamp(32 * MIB, 2), 40 * SECOND);
        assertThat(policy.isForgotten(41 * SECOND)).isFalse();
        assertThat(policy.isForgotten(43 * SECOND)).isTrue();
    }

    @Test
    void copiesNotEachLoneWriteToAFileThatWasLargeOnce() {
        policy.saw(stamp(20 * MIB, 1), 0);
        assertThat(policy.isWorthCopying(4096, 4096, 3 * SECOND)).isFalse();
        assertThat(policy.isWorthCopying(4096, 4096, 31 * SECOND)).isTrue();
        policy.saw(stamp(40 * MIB, 2), 31 * SECOND);
        assertThat(policy.isWorthCopying(4096, 4096, 34 * SECOND))
                .as("a file that is to be emptied")
                .isTrue();
    }

    @Test
    void keepsNoFileOfWhatIsNeverSynced() {
        CheckpointPolicy inMemory = new CheckpointPolicy(256 * MIB, false, 0);
        inMemory.saw(stamp(5 * MIB, 1), 0);
        assertThat(inMemory.isForgotten(3 * SECOND)).isTrue();
        inMemory.saw(stamp(MIB, 2), 3 * SECOND);
        assertThat(inMemory.isForgotten(6 * SECOND)).isFalse();
    }

    @Test
    void copiesWhatIsMuchOrInTheWayOfANewBeginning() {
        policy.saw(stamp(20 * MIB, 1), 0);
        assertThat(policy.isWorthCopying(5 * MIB, 4 * MIB, 0)).isTrue();
        assertThat(policy.isWorthCopying(5 * MIB, 3 * MIB, 0)).isFalse();
        assertThat(policy.isWorthCopying(16 * MIB, 1, 0)).isTrue();
        assertThat(policy.isWorthCopying(16 * MIB, 0, 0)).isFalse();
        assertThat(policy.isWorthCopying(5 * MIB, 1, 3 * SECOND)).as("idle").isTrue();
    }

    @Test
    void takesTheTurnForLittleAndOnlyWhereTheLogIsToBeBegunAnew() {
        assertThat(policy.mayTakeTurn(16 * MIB, MIB, 0)).isTrue();
        assertThat(policy.mayTakeTurn(15 * MIB, MIB, 0)).isFalse();
        assertThat(policy.mayTakeTurn(16 * MIB, MIB + 1, 0)).isFalse();
    }

    @Test
    void takesMoreInTheTurnWhereCheckpointsAreFast() {
        policy.copied(10 * MIB, 30 * MILLI);
        assertThat(policy.isLittle(4 * MIB)).isTrue();
        assertThat(policy.isLittle(5 * MIB)).isFalse();
        policy.copied(100 * MIB, MILLI);
        assertThat(policy.isLittle(8 * MIB)).isTrue();
        assertThat(policy.isLittle(9 * MIB)).as("however fast").isFalse();
        policy.copied(10 * MIB, 10 * SECOND);
        assertThat(policy.isLittle(MIB)).as("however slow").isTrue();
        assertThat(policy.isLittle(MIB + 1)).isFalse();
    }

    @Test
    void takesLessAndPausesAfterALongHold() {
        policy.held(51 * MILLI, 0);
        assertThat(policy.mayTakeTurn(16 * MIB, 1, SECOND)).isFalse();
        assertThat(policy.mayTakeTurn(16 * MIB, 1, 1_020 * MILLI)).isTrue();
        for (int i = 0; i < 10; i++) {
            policy.held(3_600 * SECOND, 0);
        }
        assertThat(policy.isLittle(128 << 10)).isTrue();
        assertThat(policy.isLittle(129 << 10)).isFalse();
        assertThat(policy.mayTakeTurn(16 * MIB, 1, 31 * SECOND))
                .as("after the longest pause")
                .isTrue();
        for (int i = 0; i < 10; i++) {
            policy.held(MILLI, 0);
        }
        assertThat(policy.isLittle(MIB)).isTrue();
    }

    @Test
    void pausesWhereTheTurnIsNotToBeHad() {
        policy.turnRefused(0);
        assertThat(policy.mayTakeTurn(16 * MIB, 1, SECOND / 2)).isFalse();
        assertThat(policy.mayTakeTurn(16 * MIB, 1, SECOND)).isTrue();
    }

    @Test
    void waitsForReadersOnceTheLogHasOutgrownItsSize() {
        assertThat(policy.mayWaitForReaders(31 * MIB)).isFalse();
        assertThat(policy.mayWaitForReaders(32 * MIB)).isTrue();
    }

    private static WalStamp stamp(long bytes, long millis) {
        return new WalStamp(bytes, FileTime.fromMillis(millis));
    }
}
