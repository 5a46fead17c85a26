package net.quicsql.execution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class UnfitTextsTest {
    private static final long SLOW = 11_000_000;
    private static final long QUICK = 9_000_000;

    private final UnfitTexts texts = new UnfitTexts();

    @Test
    void forgivesASlowRunNowAndThen() {
        for (int i = 0; i < 20; i++) {
            texts.ran("a", SLOW);
            texts.ran("a", SLOW);
            assertThat(texts.contains("a")).isFalse();
            texts.ran("a", QUICK);
        }
    }

    @Test
    void sendsAloneWhatIsSlowAgainAndAgain() {
        texts.ran("a", SLOW);
        texts.ran("b", SLOW);
        texts.ran("a", SLOW);
        texts.ran("a", SLOW);
        assertThat(texts.contains("a")).isTrue();
        assertThat(texts.contains("b")).isFalse();
    }

    @Test
    void sendsAloneWhatHasALargeResult() {
        texts.large("a");
        assertThat(texts.contains("a")).isTrue();
    }
}
