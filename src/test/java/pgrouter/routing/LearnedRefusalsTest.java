package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import pgrouter.config.Address;
import pgrouter.routing.LearnedRefusals.OfDatabase;

final class LearnedRefusalsTest {
    private static final Address PRIMARY = new Address.Host("10.0.0.1", 5432);

    private final AtomicLong now = new AtomicLong();
    private final LearnedRefusals learned = new LearnedRefusals(now::get);

    @Test
    void aDatabaseOfWhichNothingWasLearnedIsForgottenWithItsLastSession() {
        OfDatabase one = learned.take("app");
        OfDatabase other = learned.take("app");
        one.leave();
        assertThat(learned.databases()).isEqualTo(1);
        other.leave();
        assertThat(learned.databases()).isZero();
    }

    @Test
    void whatWasLearnedIsForTheNextSessionAsLongAsItIsBelieved() {
        OfDatabase one = learned.take("app");
        one.learn(1, PRIMARY, "SELECT f()");
        one.leave();
        assertThat(learned.take("app").isLearned(1, Optional.of(PRIMARY))).isTrue();
    }

    @Test
    void aDatabaseThatNobodyUsesIsForgottenWhenNothingOfItIsBelievedAnyMore() {
        OfDatabase one = learned.take("dropped");
        one.learn(1, PRIMARY, "SELECT f()");
        one.leave();
        now.addAndGet(LearnedRefusals.BELIEVED + 1);
        learned.take("app");
        assertThat(learned.databases()).isEqualTo(1);
    }

    @Test
    void longTextsAreForgottenSoonerThanShortOnes() {
        OfDatabase one = learned.take("app");
        String text = "x".repeat(LearnedRefusals.MOST_TEXT / 4);
        for (int i = 0; i < 4; i++) {
            one.learn(i, PRIMARY, text);
        }
        assertThat(learned.size()).isEqualTo(4);
        one.learn(4, PRIMARY, text);
        assertThat(learned.size()).isEqualTo(1);
    }

    @Test
    void aSessionThatLearnsNothingForLongKeepsItsDatabase() {
        OfDatabase one = learned.take("app");
        one.learn(1, PRIMARY, "SELECT f()");
        now.addAndGet(LearnedRefusals.BELIEVED + 1);
        learned.take("other");
        assertThat(learned.databases()).isEqualTo(2);
    }
}
