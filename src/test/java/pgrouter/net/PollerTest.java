package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The kind of I/O of a carrier. */
final class PollerTest {
    /** The build runs the tests on the classes for Java 22, where it has them, and some also on those for Java 21. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void socketsArePolledPastTheJdkWhereThatIsPossible() throws Exception {
        assumeThat(Poller.class.getResource("EpollPoller.class")).isNotNull();
        assertThat(Poller.open().getClass().getSimpleName()).isEqualTo("EpollPoller");
    }
}
