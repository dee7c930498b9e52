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
    private static final long PAGE = 8192;
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

    private static Node.Place place(long position, long ahead, long milliseconds) {
        return new Node.Place(Optional.of(new Lsn(position)), Optional.of(new Lsn(ahead)), 1, milliseconds * MS);
    }

    /** A primary that has inserted more than it has flushed. */
    private void primary(long flushed, long inserted, long milliseconds) {
        view = view.with(Node.in(Role.PRIMARY, PRIMARY, place(flushed, inserted, milliseconds)));
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
    void walThatIsNotFlushedIsNoLag() {
        primary(1000, 900_000, 0);
        standby(1000, 1);
        assertThat(lag()).contains(0L);
        primary(1000, 900_000, 2000);
        standby(1000, 2001);
        assertThat(isRead()).isTrue();
    }

    @Test
    void theMiddleOfARecordIsNoTarget() {
        primary(PAGE, PAGE + 100, 0);
        standby(PAGE - 100, 1);
        primary(PAGE, PAGE + 100, 2000);
        standby(PAGE - 100, 2001);
        assertThat(lag()).contains(100L);
        assertThat(isRead()).isTrue();
        primary(PAGE, 2100);
        standby(PAGE - 100, 2101);
        primary(PAGE, 2700);
        standby(PAGE - 100, 2701);
        assertThat(isRead())
                .as("nothing is inserted after it: a record ends there")
                .isFalse();
    }

    @Test
    void aTargetThatIsLackedStaysWhenThePrimaryFlushesHalfARecord() {
        primary(PAGE - 1000, 0);
        standby(PAGE - 2000, 1);
        primary(PAGE, PAGE + 100, 600);
        standby(PAGE - 2000, 601);
        assertThat(isRead()).isFalse();
        standby(PAGE - 1000, 602);
        assertThat(isRead()).isTrue();
    }

    @Test
    void aStandbyThatStandsStillDuringALongLoadIsNoticedWithoutACommit() {
        Backend roomy =
                new Backend(STANDBY.address(), BackendTls.OFF, 10_000_000, STANDBY.lagTime(), 100, STANDBY.timeout());
        view = view.configured(List.of(PRIMARY, roomy));
        primary(100 * PAGE, 100 * PAGE + 100, 0);
        standby(100 * PAGE - 100, 1);
        primary(300 * PAGE, 300 * PAGE + 100, 400);
        standby(100 * PAGE - 100, 401);
        assertThat(isRead()).isTrue();
        primary(600 * PAGE, 600 * PAGE + 100, 1000);
        standby(100 * PAGE - 100, 1001);
        assertThat(isRead()).isFalse();
        standby(600 * PAGE - 100, 1002);
        assertThat(isRead()).isTrue();
    }

    @Test
    void aPositionThatWasAskedForBetweenTheRoundsCounts() {
        primary(1000, 0);
        standby(1000, 1);
        view = view.at(PRIMARY.address(), Role.PRIMARY, place(50_000, 50_000, 100));
        view = view.at(STANDBY.address(), Role.STANDBY, place(2000, 2000, 101));
        assertThat(lag()).contains(48_000L);
        assertThat(isRead()).isFalse();
        view = view.at(STANDBY.address(), Role.STANDBY, place(1500, 1500, 50));
        assertThat(lag()).as("an answer that is older changes nothing").contains(48_000L);
    }
}
