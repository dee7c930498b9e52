package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.AsynchronousCommits.Logins;
import pgrouter.config.Backend;

/** Which position of a primary covers the commits that it has acknowledged, by its answers so far. */
final class AsynchronousCommitsTest {
    private static final Backend PRIMARY = Nodes.backend("p", 100);
    private static final Lsn NO_POSITION = new Lsn(0);

    private ClusterView view = new ClusterView(List.of(Node.unknown(PRIMARY)));

    private static Node.Place place(
            long flushed, long inserted, long askedAt, boolean allowed, Optional<Logins> logins) {
        Lsn position = new Lsn(flushed);
        Lsn ahead = new Lsn(inserted);
        return new Node.Place(
                Optional.of(position),
                Optional.of(ahead),
                1,
                askedAt,
                Optional.of(AsynchronousCommits.told(allowed, logins, position, ahead, askedAt, askedAt + 1)));
    }

    private static Optional<Logins> logins(boolean allow, long askedAt) {
        return Optional.of(new Logins(allow, askedAt));
    }

    private void askedWhileARoleAllowsThem(long askedAt) {
        view = view.with(Node.in(Role.PRIMARY, PRIMARY, place(1000, 5000, askedAt, false, logins(true, askedAt))));
    }

    private void asked(long flushed, long inserted, long askedAt) {
        view = view.with(
                Node.in(Role.PRIMARY, PRIMARY, place(flushed, inserted, askedAt, false, logins(false, askedAt))));
    }

    private void askedWhere(long flushed, long inserted, long askedAt) {
        view = view.at(PRIMARY.address(), Role.PRIMARY, place(flushed, inserted, askedAt, false, Optional.empty()));
    }

    private void askedWhileAllowed(long askedAt) {
        view = view.with(Node.in(Role.PRIMARY, PRIMARY, place(1000, 5000, askedAt, true, logins(false, askedAt))));
    }

    /** The position that covers all commits, where the latest asynchronous one was acknowledged at this time. */
    private long committed(long latest) {
        return view.nodes()
                .getFirst()
                .place()
                .committed(latest)
                .orElse(NO_POSITION)
                .position();
    }

    /** Whether such a commit may come from a connection that was dialled at this time, and logged in at the same time. */
    private boolean mayComeFrom(long begunAt) {
        return view.nodes().getFirst().place().commits().orElseThrow().mayComeFrom(begunAt, begunAt);
    }

    @BeforeEach
    void askFirst() {
        asked(100, 100, 1);
    }

    @Test
    void whatIsFlushedCoversAllWhereNothingElseIsInserted() {
        asked(1000, 1000, 10);
        assertThat(committed(9)).isEqualTo(1000);
    }

    @Test
    void aCommitThatMayNotBeFlushedIsCoveredByWhatIsInserted() {
        asked(1000, 1000, 10);
        askedWhere(1000, 5000, 20);
        assertThat(committed(9)).isEqualTo(1000);
        assertThat(committed(10)).isEqualTo(5000);
        assertThat(committed(15)).isEqualTo(5000);
    }

    @Test
    void aCommitIsFlushedWhenAPositionIsThatWasInsertedAfterIt() {
        askedWhere(1000, 5000, 10);
        askedWhere(4999, 9000, 20);
        assertThat(committed(9)).isEqualTo(9000);
        askedWhere(5000, 9000, 30);
        assertThat(committed(9)).isEqualTo(5000);
        assertThat(committed(10)).isEqualTo(9000);
    }

    @Test
    void theNextPositionToWaitForIsOneThatWasInsertedLater() {
        askedWhere(1000, 5000, 10);
        askedWhere(5000, 9000, 20);
        askedWhere(8999, 20_000, 30);
        assertThat(committed(19)).isEqualTo(20_000);
        askedWhere(9000, 30_000, 40);
        assertThat(committed(19)).isEqualTo(9000);
    }

    @Test
    void bothQuestionsTellOfTheFlush() {
        asked(1000, 5000, 10);
        asked(5000, 9000, 20);
        assertThat(committed(9)).isEqualTo(5000);
    }

    @Test
    void aPositionThatACrashHasUndoneIsNotWaitedFor() {
        askedWhere(1000, 9000, 10);
        askedWhere(1000, 2000, 20);
        askedWhere(2000, 3000, 30);
        assertThat(committed(19)).isEqualTo(2000);
    }

    @Test
    void beforeTheSecondAnswerNothingIsSureToBeFlushed() {
        view = new ClusterView(List.of(Node.unknown(PRIMARY)));
        asked(1000, 5000, 10);
        assertThat(committed(1)).isEqualTo(5000);
    }

    @Test
    void nothingIsSureToBeFlushedWhileTheSettingsAllowOtherCommits() {
        askedWhileAllowed(10);
        assertThat(committed(1)).isEqualTo(5000);
    }

    /** One of them may have come before the answer that has told of the setting. */
    @Test
    void norBeforeAllIsFlushedThatWasInsertedMeanwhile() {
        askedWhileAllowed(10);
        askedWhere(4000, 6000, 20);
        assertThat(committed(1)).isEqualTo(6000);
        askedWhere(5999, 7000, 30);
        assertThat(committed(1)).isEqualTo(7000);
        askedWhere(7000, 7000, 40);
        askedWhere(7000, 9000, 50);
        assertThat(committed(1)).isEqualTo(7000);
    }

    @Test
    void theSettingsOfRolesCountUntilTheyAreAskedForAgain() {
        askedWhileARoleAllowsThem(10);
        askedWhere(5000, 5000, 20);
        askedWhere(5000, 6000, 30);
        assertThat(committed(1)).isEqualTo(6000);
        asked(6000, 6000, 40);
        askedWhere(6000, 6000, 50);
        askedWhere(6000, 7000, 60);
        assertThat(committed(1)).isEqualTo(6000);
    }

    /** It has got the setting of its role, and keeps it. */
    @Test
    void aConnectionThatWasDialledUnderSuchSettingsIsNeverTrusted() {
        askedWhileARoleAllowsThem(10);
        assertThat(mayComeFrom(5)).isTrue();
        asked(5000, 5000, 20);
        assertThat(mayComeFrom(15)).isTrue();
        asked(5000, 5000, 30);
        assertThat(mayComeFrom(15)).isTrue();
        assertThat(mayComeFrom(25)).isFalse();
    }

    @Test
    void soIsOneThatWasDialledBeforeTheFirstAnswer() {
        asked(5000, 5000, 20);
        assertThat(mayComeFrom(1)).isTrue();
        assertThat(mayComeFrom(10)).isFalse();
    }

    @Test
    void aConnectionIsTrustedOnceThePrimaryWasAskedForTheSettingsAfterItsLogin() {
        askedWhere(1000, 1000, 10);
        assertThat(mayComeFrom(5)).isTrue();
        asked(1000, 1000, 20);
        assertThat(mayComeFrom(5)).isFalse();
    }

    @Test
    void anOutageMakesNoConnectionSuspicious() {
        asked(1000, 1000, 10);
        view = view.failed(PRIMARY.address(), node -> node.unusable(State.FAILED, "no answer"));
        asked(1000, 1000, 20);
        assertThat(mayComeFrom(5)).isFalse();
    }
}
