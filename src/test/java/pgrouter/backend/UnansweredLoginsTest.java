package pgrouter.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import pgrouter.config.Address;

/** A node that answers no logins is left alone, and tried by one from time to time. */
final class UnansweredLoginsTest {
    private static final Address ONE = new Address.Host("one", 5432);
    private static final Address OTHER = new Address.Host("other", 5432);

    private final AtomicLong clock = new AtomicLong();
    private final UnansweredLogins logins = new UnansweredLogins(clock::get);

    @Test
    void itIsTriedByOneWhenItsTimeIsOver() {
        logins.add(ONE);
        assertThat(logins.now()).containsExactly(ONE);
        clock.addAndGet(UnansweredLogins.LEFT_ALONE.toNanos());
        assertThat(logins.now()).as("who tries").isEmpty();
        assertThat(logins.now()).as("all others").containsExactly(ONE);
    }

    @Test
    void oneThatAnswersIsUsedAgain() {
        logins.add(ONE);
        logins.add(OTHER);
        logins.remove(ONE);
        assertThat(logins.now()).containsExactly(OTHER);
    }
}
