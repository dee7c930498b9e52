package pgrouter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.client.FailedLogins.APART_KNOWN;
import static pgrouter.client.Tries.WHEN_WOKEN;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pgrouter.client.FailedLogins.Attempt;

/** Clients that send wrong passwords again and again must wait, and those that send none hold up nobody. */
class FailedLoginsTest {
    private static final String HERE = "7f000001";
    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);
    private static final Duration TENTH_OF_A_SECOND = Duration.ofMillis(100);

    private final AtomicLong now = new AtomicLong();
    private final FailedLogins failures = new FailedLogins(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private Attempt attempt(String user) {
        return failures.attempt(HERE, user);
    }

    /** The attempt of a client whose password has come, and may be looked at. */
    private Attempt begun(String user) {
        Attempt attempt = attempt(user);
        assertThat(attempt.ask()).isZero();
        return attempt;
    }

    private void fail(int times, String user) {
        for (int i = 0; i < times; i++) {
            begun(user).close();
        }
    }

    private void succeed(String user) {
        Attempt attempt = begun(user);
        attempt.succeeded();
        attempt.close();
    }

    /** As many as are let through at the same time, of so many that ask. */
    private List<Attempt> together(int count, String user) {
        return IntStream.range(0, count)
                .mapToObj(i -> attempt(user))
                .filter(attempt -> attempt.ask().isZero())
                .toList();
    }

    @Test
    void someMistakesHaveNoConsequence() {
        fail(9, "app");
        fail(1, "app");
    }

    @Test
    void afterTenTheTriesOfAUserAreHalfASecondApart() {
        fail(10, "app");
        Attempt next = attempt("app");
        assertThat(next.ask()).isEqualTo(HALF_A_SECOND);
        pass(Duration.ofMillis(200));
        assertThat(next.ask()).isEqualTo(Duration.ofMillis(300));
        pass(Duration.ofMillis(300));
        assertThat(next.ask()).isZero();
        next.close();
        assertThat(attempt("app").ask()).isEqualTo(HALF_A_SECOND);
    }

    @Test
    void passwordsThatAreBeingLookedAtCountAsFailures() {
        List<Attempt> first = together(400, "app");
        assertThat(first).hasSize(10);
        first.forEach(Attempt::close);
        assertThat(together(400, "app")).isEmpty();
    }

    /** The distance is that of their beginnings: a guess takes its time too. */
    @Test
    void whileOneIsLookedAtTheNextWaitsHoweverLongItTakes() {
        fail(10, "app");
        pass(HALF_A_SECOND);
        Attempt slow = begun("app");
        Attempt next = attempt("app");
        pass(Duration.ofMillis(600));
        assertThat(next.ask()).isEqualTo(WHEN_WOKEN);
        slow.close();
        assertThat(next.ask()).isZero();
    }

    @Test
    void aClientThatSendsNoPasswordTakesNoTurn() {
        fail(10, "app");
        List<Attempt> silent =
                IntStream.range(0, 1000).mapToObj(i -> attempt("app")).toList();
        pass(HALF_A_SECOND);
        begun("app").close();
        silent.forEach(Attempt::close);
        assertThat(attempt("app").ask()).isEqualTo(HALF_A_SECOND);
    }

    @Test
    void passwordsAreLookedAtInTheOrderInWhichTheyHaveCome() {
        fail(10, "app");
        Attempt first = attempt("app");
        Attempt second = attempt("app");
        first.ask();
        assertThat(second.ask()).isEqualTo(WHEN_WOKEN);
        pass(HALF_A_SECOND);
        assertThat(second.ask()).isEqualTo(WHEN_WOKEN);
        assertThat(first.ask()).isZero();
        first.close();
        assertThat(second.ask()).isEqualTo(HALF_A_SECOND);
    }

    @Test
    void aClientThatLeavesGivesUpItsTurn() {
        fail(10, "app");
        List<Attempt> left = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Attempt attempt = attempt("app");
            attempt.ask();
            left.add(attempt);
        }
        Attempt last = attempt("app");
        assertThat(last.ask()).isEqualTo(WHEN_WOKEN);
        left.forEach(Attempt::close);
        assertThat(last.ask()).isEqualTo(HALF_A_SECOND);
    }

    @Test
    void rightPasswordsCostThoseAfterThemNothing() {
        fail(10, "app");
        pass(HALF_A_SECOND);
        for (int i = 0; i < 100; i++) {
            succeed("app");
        }
    }

    /** As after a restart, when all of an application's connections come at once. */
    @Test
    void aCrowdWithTheRightPasswordIsLetInAsFastAsItIsLookedAt() {
        List<Attempt> waiting = new ArrayList<>(
                IntStream.range(0, 500).mapToObj(i -> attempt("app")).toList());
        int rounds = 0;
        while (!waiting.isEmpty()) {
            List<Attempt> begun =
                    waiting.stream().filter(attempt -> attempt.ask().isZero()).toList();
            begun.forEach(Attempt::succeeded);
            begun.forEach(Attempt::close);
            waiting.removeAll(begun);
            rounds++;
        }
        assertThat(rounds).isEqualTo(50);
    }

    /** Else a neighbour's guesses would be free again with each login of an application. */
    @Test
    void aRightPasswordForgivesNoWrongOnes() {
        fail(10, "app");
        pass(HALF_A_SECOND);
        succeed("app");
        fail(1, "app");
        assertThat(attempt("app").ask()).isEqualTo(APART_KNOWN);
    }

    @Test
    void otherUsersAndOtherAddressesDoNotWait() {
        fail(10, "app");
        assertThat(attempt("app").ask()).isEqualTo(HALF_A_SECOND);
        assertThat(attempt("other").ask()).isZero();
        assertThat(failures.attempt("7f000002", "app").ask()).isZero();
    }

    @Test
    void aUserThatHasLoggedInFromAnAddressWaitsLessThere() {
        succeed("app");
        fail(10, "app");
        assertThat(attempt("app").ask()).isEqualTo(APART_KNOWN);
    }

    @Test
    void afterADayItIsAsIfTheUserHadNotLoggedIn() {
        succeed("app");
        pass(Duration.ofDays(1));
        fail(10, "app");
        assertThat(attempt("app").ask()).isEqualTo(HALF_A_SECOND);
    }

    @Test
    void aFailureIsForgivenInASecond() {
        fail(10, "app");
        pass(Duration.ofSeconds(2));
        fail(2, "app");
        assertThat(attempt("app").ask()).isEqualTo(HALF_A_SECOND);
    }

    @Test
    void afterTenMinutesAllIsForgivenWhateverWasTried() {
        for (int i = 0; i < 10_000; i++) {
            Attempt attempt = attempt("app");
            pass(attempt.ask());
            attempt.ask();
            attempt.close();
        }
        pass(Duration.ofMinutes(10));
        fail(10, "app");
    }

    @Test
    void guessesAtManyUsersWaitForEachOther() {
        for (int i = 0; i < 100; i++) {
            fail(1, "user" + i);
        }
        assertThat(attempt("a").ask()).isEqualTo(TENTH_OF_A_SECOND);
        assertThat(attempt("b").ask()).isEqualTo(WHEN_WOKEN);
    }

    @Test
    void guessesAtManyUsersAtTheSameTimeCountAsFailures() {
        List<Attempt> begun = IntStream.range(0, 400)
                .mapToObj(i -> attempt("user" + i))
                .filter(attempt -> attempt.ask().isZero())
                .toList();
        assertThat(begun).hasSize(100);
    }

    @Test
    void guessesAtOtherUsersDoNotHoldUpAUserThatHasLoggedInFromThere() {
        succeed("app");
        for (int i = 0; i < 100; i++) {
            fail(1, "user" + i);
        }
        assertThat(attempt("user").ask()).isEqualTo(TENTH_OF_A_SECOND);
        succeed("app");
    }

    @Test
    void guessesAtAUserThatHasLoggedInFromThereCountForItsAddress() {
        succeed("app");
        for (int i = 0; i < 100; i++) {
            pass(APART_KNOWN);
            fail(1, "app");
        }
        for (int i = 0; i < 49; i++) {
            fail(1, "other" + i);
        }
        assertThat(attempt("another").ask()).isEqualTo(TENTH_OF_A_SECOND);
    }

    /** Else guesses at made-up users would let one forget the guesses at a real one. */
    @Test
    void whatIsUnderWayIsNotForgottenForOthers() {
        List<Attempt> first = together(10, "app");
        for (int i = 0; i < 10_001; i++) {
            Attempt other = failures.attempt(Integer.toString(i), "x");
            other.ask();
            other.close();
        }
        assertThat(attempt("app").ask()).isEqualTo(WHEN_WOKEN);
        first.forEach(Attempt::close);
    }
}
