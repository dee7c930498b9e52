package pgrouter.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pgrouter.protocol.ErrorResponse;

/** How much each session may have of what there is for all. */
final class MemoryTest {
    private static final int MB = 1 << 20;

    private final Memory all = new Memory(10 * MB, () -> MB);
    private final Memory.OfSession one = all.begin();

    private static String error(Memory.OfSession session, long more) {
        return session.error(more).map(ErrorResponse::sqlState).orElse("none");
    }

    /** Takes as much as it gets, in steps of 1 kB. */
    private static void takeAll(Memory.OfSession session) {
        while (session.fits(1024)) {
            session.take(1024);
        }
    }

    @Test
    void aSessionMayNotHaveMoreThanItsLimit() {
        assertThat(error(one, MB)).isEqualTo("none");
        assertThat(error(one, MB + 1)).isEqualTo("54000");
    }

    @Test
    void aSessionMayNotHaveMoreThanAQuarterOfWhatNobodyHas() {
        one.take(8 * MB);
        assertThat(error(all.begin(), MB / 2)).isEqualTo("none");
        assertThat(error(all.begin(), MB / 2 + 1)).isEqualTo("53200");
    }

    @Test
    void tenThatTakeAllTheyGetLeaveRoomForOthers() {
        IntStream.range(0, 10).forEach(i -> takeAll(all.begin()));
        assertThat(error(all.begin(), MB / 3)).isEqualTo("none");
    }

    @Test
    void aLittleIsNeverRefused() {
        one.take(10 * MB);
        assertThat(error(all.begin(), 32 * 1024)).isEqualTo("none");
        assertThat(error(all.begin(), 32 * 1024 + 1)).isEqualTo("53200");
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        one.take(8 * MB);
        Memory.OfSession other = all.begin();
        assertThat(error(other, MB)).isEqualTo("53200");
        one.take(-2 * MB);
        assertThat(error(other, MB)).isEqualTo("none");
        one.end();
        assertThat(all.taken()).isZero();
    }
}
