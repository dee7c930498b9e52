package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Sessions go to a standby that has come back, but not all at once. */
final class ReaderRebalanceTest {
    private static final long SOME_TIME = 1000;

    private final AtomicLong clock = new AtomicLong(-1);
    private final ReaderRebalance rebalance = new ReaderRebalance(1, clock::get, bound -> SOME_TIME);

    @Test
    void aSessionStaysAsLongAsTheStandbysAreTheSame() {
        assertThat(rebalance.isDue(1, true)).isFalse();
        assertThat(rebalance.isDue(1, false)).isFalse();
    }

    @Test
    void aSessionThatReadsChoosesAgainOnceWhenItsTimeHasCome() {
        assertThat(rebalance.isDue(2, true)).isFalse();
        clock.addAndGet(SOME_TIME - 1);
        assertThat(rebalance.isDue(2, true)).isFalse();
        clock.incrementAndGet();
        assertThat(rebalance.isDue(2, true)).isTrue();
        assertThat(rebalance.isDue(2, true)).isFalse();
    }

    @Test
    void whatChangesMeanwhileDoesNotPutItOff() {
        rebalance.isDue(2, true);
        clock.addAndGet(SOME_TIME);
        assertThat(rebalance.isDue(3, true)).isTrue();
        assertThat(rebalance.isDue(3, true)).isFalse();
    }

    @Test
    void aSessionWithoutAReaderChoosesAtOnce() {
        assertThat(rebalance.isDue(2, false)).isTrue();
        assertThat(rebalance.isDue(2, false)).isFalse();
    }
}
