package pgrouter.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.net.Carrier;

/** Where too many have not logged in, silent ones make room, and those that are not are let in one after the other. */
final class StartupsTest {
    private static final int MOST = 3;

    private final Startups startups = new Startups(() -> MOST, 100 << 10);
    private final List<Long> ended = new ArrayList<>();

    /** What a session says of itself. */
    private final class Played implements Startups.Startup {
        private final long number;
        private final boolean silent;
        private final boolean hasInput;
        private final boolean awaitsTurn;
        private int kept;

        Played(long number, boolean silent, boolean hasInput, boolean awaitsTurn) {
            this.number = number;
            this.silent = silent;
            this.hasInput = hasInput;
            this.awaitsTurn = awaitsTurn;
            startups.came(this);
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public int kept() {
            return kept;
        }

        @Override
        public void keeps(int more) {
            kept += more;
        }

        @Override
        public Carrier carrier() {
            return Carrier.JDK;
        }

        @Override
        public boolean isSilentSince(long time) {
            return silent;
        }

        @Override
        public boolean awaitsTurn() {
            return awaitsTurn;
        }

        private boolean end(boolean holds) {
            if (holds) {
                ended.add(number);
                startups.left(this);
            }
            return holds;
        }

        @Override
        public boolean endIfSilentSince(long time) {
            return end(silent && !hasInput);
        }

        @Override
        public boolean endIfAwaitsTurn() {
            return end(awaitsTurn);
        }
    }

    private Played silent(long number) {
        return new Played(number, true, false, false);
    }

    private Played busy(long number) {
        return new Played(number, false, false, false);
    }

    private boolean keeps(Played startup, int kilobytes) throws InterruptedException {
        return startups.keep(startup, kilobytes * 1024 - 1);
    }

    @Test
    void asLongAsThereIsRoomNobodyMakesRoom() {
        silent(1);
        silent(2);
        assertThat(startups.hasRoom()).isTrue();
        assertThat(ended).isEmpty();
    }

    @Test
    void theOldestSilentOneMakesRoom() {
        busy(1);
        silent(2);
        silent(3);
        assertThat(startups.hasRoom()).isTrue();
        assertThat(ended).containsExactly(2L);
    }

    @Test
    void whereNoneIsSilentTheNextOneWaits() {
        busy(1);
        Played second = busy(2);
        busy(3);
        assertThat(startups.hasRoom()).isFalse();
        startups.left(second);
        startups.left(second);
        assertThat(startups.count()).isEqualTo(2);
        assertThat(startups.hasRoom()).isTrue();
        assertThat(ended).isEmpty();
    }

    /** It has been waiting for long, and what it waits for lies in its socket. */
    @Test
    void aClientThatHasSentSomethingIsNotSilent() {
        new Played(1, true, true, false);
        busy(2);
        busy(3);
        assertThat(startups.hasRoom()).isFalse();
        assertThat(ended).isEmpty();
    }

    @Test
    void guessesThatWaitForTheirTurnMakeRoomToo() {
        new Played(1, false, false, true);
        new Played(2, false, false, true);
        busy(3);
        assertThat(startups.hasRoom()).isTrue();
        assertThat(ended).as("the one that came last").containsExactly(2L);
    }

    @Test
    void whatTheyMakePgrouterKeepIsBoundedAndTheSilentGiveItBack() throws Exception {
        Played silent = silent(1);
        Played busy = busy(2);
        Played third = busy(3);
        assertThat(keeps(silent, 60)).isTrue();
        assertThat(keeps(busy, 40)).isTrue();
        assertThat(keeps(third, 60)).as("the silent one has made room").isTrue();
        assertThat(ended).containsExactly(1L);
        assertThat(keeps(third, 1)).isFalse();
        startups.left(busy);
        assertThat(keeps(third, 40)).isTrue();
        assertThat(keeps(silent, 1)).as("it has left").isFalse();
    }

    /** Else a client could wait for ever. */
    @Test
    void oneOfThemMayKeepMoreThanAllMay() throws Exception {
        Played only = busy(1);
        assertThat(keeps(only, 1000)).isTrue();
        assertThat(keeps(only, 1)).isFalse();
    }

    @Test
    void ofManySilentOnesSomeMakeRoomAtATime() {
        Startups many = new Startups(() -> 1000, 100 << 10);
        for (int i = 1; i <= 1000; i++) {
            many.came(silent(i));
        }
        assertThat(many.hasRoom()).isFalse();
        assertThat(ended).hasSize(11).startsWith(1L, 2L, 3L);
    }
}
