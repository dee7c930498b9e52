package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import pgrouter.config.Address;

/** A standby that has refused a session's login is left alone for a while. */
final class AvoidedNodesTest {
    private static final Address ONE = new Address.Host("db1", 5432);
    private static final Address OTHER = new Address.Host("db2", 5432);

    private final AtomicLong clock = new AtomicLong(-1);
    private final AvoidedNodes avoided = new AvoidedNodes(clock::get);

    @Test
    void eachIsLeftAloneForItsTime() {
        avoided.add(ONE);
        clock.addAndGet(AvoidedNodes.TIME.toNanos());
        avoided.add(OTHER);
        assertThat(avoided.now()).containsExactlyInAnyOrder(ONE, OTHER);
        clock.incrementAndGet();
        assertThat(avoided.now()).containsExactly(OTHER);
    }

    @Test
    void oneThatRefusesAgainIsLeftAloneFromThenOn() {
        avoided.add(ONE);
        clock.addAndGet(AvoidedNodes.TIME.toNanos());
        avoided.add(ONE);
        clock.addAndGet(AvoidedNodes.TIME.toNanos());
        assertThat(avoided.now()).containsExactly(ONE);
    }
}
