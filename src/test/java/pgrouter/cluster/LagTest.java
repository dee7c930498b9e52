package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;

/** How far behind a standby is, in bytes and in time, as the answers of the nodes come in. */
final class LagTest {
    private static final long MS = 1_000_000;
    private static final Backend PRIMARY = Nodes.backend("p", 100);
    private static final Backend STANDBY = new Backend(
            new Address.Host("s", 5432),
            BackendTls.OFF,
            10_000,
            Optional.of(Duration.ofMillis(500)),
            100,
            Duration.ofSeconds(1));

    private ClusterView view = new ClusterView(List.of(Node.unknown(PRIMARY), Node.unknown(STANDBY)));

    private void primary(long position, long milliseconds) {
        view = view.with(Node.primary(PRIMARY, new Lsn(position), 1, milliseconds * MS));
    }

    private void standby(long position, long milliseconds) {
        view = view.with(Node.standby(STANDBY, Optional.of(new Lsn(position)), Optional.empty(), milliseconds * MS));
    }

    private Optional<Long> lag() {
        return view.node(STANDBY.address()).orElseThrow().lag();
    }

    private boolean isRead() {
        return !view.suitableReaders().isEmpty();
    }

    @Test
    void aStandbyIsNotReadFromBeforeItsLagIsKnown() {
        standby(1000, 0);
        assertThat(lag()).isEmpty();
        assertThat(isRead()).isFalse();
        primary(1500, 400);
        assertThat(lag()).contains(500L);
        assertThat(isRead()).isTrue();
    }

    @Test
    void whatThePrimaryHasWrittenSinceTheStandbyWasAskedIsNoLag() {
        primary(1000, 0);
        standby(1000, 1);
        primary(900_000, 300);
        assertThat(lag()).contains(0L);
        standby(900_000, 301);
        assertThat(lag()).contains(0L);
    }

    @Test
    void moreBytesThanAllowedAreTooMany() {
        primary(20_000, 0);
        standby(5_000, 1);
        assertThat(isRead()).isFalse();
        standby(11_000, 2);
        assertThat(isRead()).isTrue();
    }

    @Test
    void whatIsLackedForLongerThanAllowedIsTooOld() {
        primary(1000, 0);
        standby(900, 1);
        assertThat(isRead()).isTrue();
        primary(1000, 400);
        standby(950, 401);
        assertThat(isRead()).isTrue();
        primary(1000, 600);
        standby(999, 601);
        assertThat(isRead()).isFalse();
        standby(1000, 602);
        assertThat(isRead()).isTrue();
    }

    @Test
    void anIdlePrimaryIsNoLagHoweverLongItIsIdle() {
        primary(1000, 0);
        standby(1000, 1);
        primary(1000, 3_600_000);
        standby(1000, 3_600_001);
        primary(1001, 3_600_100);
        standby(1000, 3_600_101);
        assertThat(isRead()).isTrue();
    }

    @Test
    void aStandbyThatKeepsUpWithSomeDelayIsRead() {
        for (int at = 0; at < 5000; at += 200) {
            primary(1000L + at, at);
            standby(1000L + at - 200, at + 1);
            assertThat(isRead()).as("at %d ms", at).isTrue();
        }
    }

    @Test
    void whatAPrimaryHasTakenWithItIsLackedByNobody() {
        primary(9000, 0);
        standby(1000, 1);
        view = view.with(Node.primary(PRIMARY, new Lsn(1100), 2, 100 * MS));
        standby(1000, 300);
        assertThat(isRead()).isTrue();
        primary(1100, 700);
        standby(1099, 701);
        assertThat(isRead()).as("what it lacks of the present one counts").isFalse();
        standby(1100, 702);
        assertThat(isRead()).isTrue();
    }

    @Test
    void withoutAPrimaryTheLagIsThatOfBefore() {
        primary(1000, 0);
        standby(1000, 1);
        view = view.failed(PRIMARY.address(), node -> node.unusable(State.FAILED, "gone"));
        standby(1000, 60_000);
        assertThat(isRead()).isTrue();
    }

    @Test
    void aStandbyThatWasAwayCouldBeAnywhere() {
        primary(1000, 0);
        standby(1000, 1);
        view = view.failed(STANDBY.address(), node -> node.unanswering("no answer"));
        assertThat(isRead()).isFalse();
        standby(1000, 60_000);
        assertThat(lag()).isEmpty();
        primary(1000, 60_001);
        assertThat(isRead()).isTrue();
    }

    @Test
    void aPositionThatWasAskedForBetweenTheRoundsCounts() {
        primary(1000, 0);
        standby(1000, 1);
        view = view.at(PRIMARY.address(), Role.PRIMARY, new Lsn(50_000), 100 * MS);
        view = view.at(STANDBY.address(), Role.STANDBY, new Lsn(2000), 101 * MS);
        assertThat(lag()).contains(48_000L);
        assertThat(isRead()).isFalse();
        view = view.at(STANDBY.address(), Role.STANDBY, new Lsn(1500), 50 * MS);
        assertThat(lag()).as("an answer that is older changes nothing").contains(48_000L);
    }
}
