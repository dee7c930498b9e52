package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who fails to log in again and again must wait. */
class FailedLoginsTest {
    private static final String HERE = "7f000001";

    private final AtomicLong now = new AtomicLong();
    private final FailedLogins failures = new FailedLogins(now::get);

    private void fail(int times, String user) {
        for (int i = 0; i < times; i++) {
            failures.failed(HERE, user);
        }
    }

    private Optional<Duration> turn(String user) {
        return failures.turn(HERE, user);
    }

    private static Optional<Duration> milliseconds(long count) {
        return Optional.of(Duration.ofMillis(count));
    }

    @Test
    void someMistakesHaveNoConsequence() {
        fail(9, "app");
        for (int i = 0; i < 100; i++) {
            assertThat(turn("app")).isEqualTo(milliseconds(0));
        }
    }

    @Test
    void behindThemTheTriesOfAUserAreHalfASecondApart() {
        fail(10, "app");
        assertThat(turn("app")).isEqualTo(milliseconds(0));
        assertThat(turn("app")).isEqualTo(milliseconds(500));
        assertThat(turn("app")).isEqualTo(milliseconds(1000));
        now.addAndGet(Duration.ofMillis(700).toNanos());
        fail(1, "app");
        assertThat(turn("app")).isEqualTo(milliseconds(800));
    }

    @Test
    void otherUsersAndOtherAddressesDoNotWait() {
        fail(20, "app");
        turn("app");
        assertThat(turn("other")).isEqualTo(milliseconds(0));
        assertThat(failures.turn("7f000002", "app")).isEqualTo(milliseconds(0));
    }

    @Test
    void whoHasToWaitTooLongIsSentAwayAndTakesNoTurn() {
        fail(20, "app");
        for (int i = 0; i <= 20; i++) {
            assertThat(turn("app")).isEqualTo(milliseconds(500L * i));
        }
        assertThat(turn("app")).isEmpty();
        assertThat(turn("app")).isEmpty();
        now.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(turn("app")).isEqualTo(milliseconds(10_000));
    }

    @Test
    void aFailureIsForgivenInASecond() {
        fail(12, "app");
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        turn("app");
        assertThat(turn("app")).isEqualTo(milliseconds(500));
        now.addAndGet(Duration.ofMillis(501).toNanos());
        assertThat(turn("app")).isEqualTo(milliseconds(0));
    }

    @Test
    void afterTenMinutesAllIsForgivenWhateverWasTried() {
        fail(100_000, "app");
        now.addAndGet(Duration.ofMinutes(10).toNanos());
        turn("app");
        assertThat(turn("app")).isEqualTo(milliseconds(0));
    }

    @Test
    void theRightPasswordEndsIt() {
        fail(20, "app");
        failures.succeeded(HERE, "app");
        turn("app");
        assertThat(turn("app")).isEqualTo(milliseconds(0));
    }

    @Test
    void whoTriesManyUsersWaitsWithAllOfThem() {
        for (int i = 0; i < 100; i++) {
            fail(1, "user" + i);
        }
        assertThat(turn("a")).isEqualTo(milliseconds(0));
        assertThat(turn("b")).isEqualTo(milliseconds(100));
        failures.succeeded(HERE, "a");
        assertThat(turn("a")).isEqualTo(milliseconds(200));
    }
}
