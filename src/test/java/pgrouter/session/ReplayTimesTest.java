package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.config.Address;

/** A read waits as long as nearly all reads have needed to. */
final class ReplayTimesTest {
    private static final Duration MOST = Duration.ofMillis(5);
    private static final long MS = 1_000_000;

    private final ReplayTimes times = new ReplayTimes();

    @Test
    void theFirstReadWaitsAsLongAsReadsMay() {
        assertThat(times.limit(MOST)).isEqualTo(5 * MS);
    }

    /** Replay takes a random time around this one. */
    @ParameterizedTest
    @ValueSource(doubles = {1.5, 2, 3})
    void theLimitApproachesTheTimeOfReplay(double usual) {
        Random random = new Random(1);
        int within = 0;
        for (int i = 0; i < 20_000; i++) {
            long limit = times.limit(MOST);
            long replay = (long) (usual * MS * (0.8 + 0.2 * random.nextDouble()));
            within += replay <= limit ? 1 : 0;
            times.ended(limit, replay <= limit);
        }
        assertThat(within).as("reads of 20,000 that waited long enough").isBetween(19_600, 19_999);
        assertThat((double) times.limit(MOST)).isBetween(0.9 * usual * MS, 1.25 * usual * MS);
    }

    @Test
    void aStandbyThatBecomesSlowerIsWaitedForAgain() {
        for (int i = 0; i < 10_000; i++) {
            times.ended(times.limit(MOST), true);
        }
        assertThat(times.limit(MOST)).as("the shortest").isEqualTo(MS);
        for (int i = 0; i < 20; i++) {
            times.ended(times.limit(MOST), false);
        }
        assertThat(times.limit(MOST)).isEqualTo(5 * MS);
    }

    @Test
    void aServerThatHasRefusedToWaitIsAskedToAgainInAnotherVersion() {
        assertThat(times.mayWait("19beta1")).isTrue();
        times.refusesToWait("19beta1");
        assertThat(times.mayWait("19beta1")).isFalse();
        assertThat(times.mayWait("19.0")).isTrue();
    }

    @Test
    void eachNodeHasItsOwn() {
        ReplayTimes.OfNodes nodes = new ReplayTimes.OfNodes();
        Address one = new Address.Host("one", 5432);
        nodes.at(one).ended(4 * MS, true);
        assertThat(nodes.at(one).limit(MOST)).isLessThan(5 * MS);
        assertThat(nodes.at(new Address.Host("two", 5432)).limit(MOST)).isEqualTo(5 * MS);
    }
}
