package pgrouter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RepeatsTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 24, 1, 2, 3, 0, ZoneOffset.UTC);
    private static final long SECOND = 1_000_000_000L;

    private final Repeats repeats = new Repeats();

    private static Line line(int client, String message) {
        return new Line(TIME, Log.Level.INFO, "session", Optional.of(Integer.toString(client)), message, List.of());
    }

    private static List<String> messages(List<Line> lines) {
        return lines.stream().map(Line::message).toList();
    }

    @Test
    void whatIsSaidOnceIsWrittenAtOnceAndOnce() {
        assertThat(repeats.accept(line(1, "a"), 0)).containsExactly(line(1, "a"));
        assertThat(repeats.due(2 * SECOND)).isEmpty();
        assertThat(repeats.isHolding()).isFalse();
    }

    @Test
    void whatIsSaidAgainWithinASecondIsCountedWhoeverSaysIt() {
        repeats.accept(line(1, "a"), 0);
        for (int client = 2; client <= 1000; client++) {
            assertThat(repeats.accept(line(client, "a"), SECOND - 1)).isEmpty();
        }
        assertThat(messages(repeats.due(SECOND))).containsExactly("a (repeated 999 times)");
    }

    @Test
    void aSingleRepeatIsWrittenAsItIs() {
        repeats.accept(line(1, "a"), 0);
        repeats.accept(line(2, "a"), 1);
        assertThat(repeats.due(SECOND)).containsExactly(line(2, "a"));
    }

    @Test
    void otherLinesAreNotHeldBack() {
        repeats.accept(line(1, "a"), 0);
        assertThat(repeats.accept(line(1, "b"), 1)).containsExactly(line(1, "b"));
    }

    @Test
    void theCountComesBeforeTheNextLine() {
        repeats.accept(line(1, "a"), 0);
        repeats.accept(line(1, "a"), 1);
        repeats.accept(line(1, "a"), 2);
        assertThat(messages(repeats.accept(line(1, "a"), SECOND))).containsExactly("a (repeated 2 times)", "a");
    }

    @Test
    void whatIsCountedIsToldAtTheEnd() {
        repeats.accept(line(1, "a"), 0);
        repeats.accept(line(1, "a"), 1);
        assertThat(repeats.rest()).containsExactly(line(1, "a"));
        assertThat(repeats.rest()).isEmpty();
    }

    @Test
    void onlySoManyDifferentLinesAreRemembered() {
        for (int i = 0; i < Repeats.MOST; i++) {
            repeats.accept(line(1, "line " + i), 0);
        }
        assertThat(repeats.accept(line(1, "one more"), 1)).hasSize(1);
        assertThat(repeats.accept(line(1, "one more"), 2)).hasSize(1);
        assertThat(repeats.accept(line(1, "line 0"), 3)).isEmpty();
    }

    @Test
    void requestsThatAreSlowAgainMayTakeAnotherTime() {
        assertThat(repeats.accept(slow(203.4, "SELECT ?"), 0)).hasSize(1);
        assertThat(repeats.accept(slow(210.0, "SELECT ?"), 1)).isEmpty();
        assertThat(repeats.accept(slow(203.4, "TABLE t"), 2)).hasSize(1);
    }

    private static Line slow(double milliseconds, String statement) {
        List<Detail> details =
                List.of(new Detail.Milliseconds("duration_ms", milliseconds), new Detail.Text("statement", statement));
        return new Line(TIME, Log.Level.LOG, "session", Optional.of("1"), "slow request", details);
    }
}
