package pgrouter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Clients that have not logged in cannot fill the log, and hide nothing in it. */
final class BoundsTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 24, 1, 2, 3, 0, ZoneOffset.UTC);
    private static final String LOGINS = "failed logins";

    private final Bounds bounds = new Bounds();

    private static Line line(String message, String address) {
        return new Line(
                TIME,
                Log.Level.INFO,
                "session",
                Optional.of("12"),
                message,
                List.of(new Detail.Text("address", address)));
    }

    private List<String> fail(String user, String address, long now) {
        Cause cause = new Cause(LOGINS, address + " as user \"" + user + "\"");
        return messages(bounds.accept(line("ends: user \"" + user + "\": wrong password", address), cause, now));
    }

    private static List<String> messages(List<Line> lines) {
        return lines.stream().map(Line::message).toList();
    }

    private List<String> due(long now) {
        return messages(bounds.due(now));
    }

    @Test
    void aLineIsWrittenAtOnceAndOnce() {
        assertThat(fail("app", "10.0.0.9", 0)).containsExactly("ends: user \"app\": wrong password");
        assertThat(due(Bounds.WINDOW)).isEmpty();
        assertThat(bounds.isHolding()).isFalse();
    }

    @Test
    void theSameAgainIsCountedWithTheAddress() {
        for (int i = 0; i < 1000; i++) {
            assertThat(fail("app", "10.0.0.9", i)).hasSize(i == 0 ? 1 : 0);
        }
        List<Line> told = bounds.due(Bounds.WINDOW);
        assertThat(messages(told)).containsExactly("ends: user \"app\": wrong password (repeated 999 times)");
        assertThat(Format.TEXT.of(told.getFirst())).endsWith(", 10.0.0.9");
    }

    @Test
    void aSingleRepeatIsWrittenAsItIs() {
        fail("app", "10.0.0.9", 0);
        fail("app", "10.0.0.9", 1);
        assertThat(due(Bounds.WINDOW)).containsExactly("ends: user \"app\": wrong password");
    }

    @Test
    void ofDifferentLinesSomeAreWrittenAndTheOthersCounted() {
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            written.addAll(fail("user" + i, "10.0.0.9", i));
        }
        assertThat(written).hasSize(Bounds.EACH);
        assertThat(due(Bounds.WINDOW - 1)).isEmpty();
        assertThat(due(Bounds.WINDOW))
                .singleElement()
                .asString()
                .startsWith("left out 990 failed logins: 1 from 10.0.0.9 as user \"user10\", ")
                .endsWith(", 987 others");
    }

    @Test
    void theMostBusyAreNamedWithTheirCount() {
        for (int i = 0; i < Bounds.EACH; i++) {
            fail("user" + i, "10.0.0.1", 0);
        }
        for (int i = 0; i < 1000; i++) {
            fail("app", "10.0.0.9", i);
            fail("u" + i, "10.0.0." + i % 8, i);
        }
        fail("bob", "10.0.0.7", 1);
        fail("bob", "10.0.0.7", 2);
        assertThat(due(Bounds.WINDOW))
                .singleElement()
                .asString()
                .startsWith("left out 2002 failed logins: 1000 from 10.0.0.9 as user \"app\", ")
                .contains("1 from ");
    }

    @Test
    void aLoudKindHidesNoOther() {
        for (int i = 0; i < 1000; i++) {
            fail("user" + i, "10.0.0.9", i);
        }
        Line other = line("sent no startup packet: invalid length of startup packet", "10.0.0.9");
        assertThat(bounds.accept(other, new Cause("connections without a startup packet", "10.0.0.9"), 1001))
                .containsExactly(other);
    }

    @Test
    void theFirstAfterTheWindowIsWrittenAfterTheCount() {
        for (int i = 0; i < 100; i++) {
            fail("app", "10.0.0.9", i);
        }
        assertThat(fail("bob", "10.0.0.9", Bounds.WINDOW))
                .containsExactly(
                        "ends: user \"app\": wrong password (repeated 99 times)", "ends: user \"bob\": wrong password");
    }

    @Test
    void whatIsCountedIsToldAtTheEnd() {
        for (int i = 0; i < 100; i++) {
            fail("app", "10.0.0.9", i);
        }
        assertThat(messages(bounds.rest())).containsExactly("ends: user \"app\": wrong password (repeated 99 times)");
        assertThat(bounds.rest()).isEmpty();
    }

    /** A server can invent SQLSTATEs. */
    @Test
    void kindsAreBoundedToo() {
        int written = 0;
        for (int i = 0; i < 10_000; i++) {
            Line line = line("refused " + i, "10.0.0.9");
            written += bounds.accept(line, new Cause("refusals with " + i, "10.0.0.9"), 1)
                    .size();
        }
        assertThat(written).isEqualTo(50 + Bounds.EACH);
    }

    /** A message, whoever causes it, says with JSON where it comes from. */
    @Test
    void theAddressIsAFieldInJson() {
        assertThat(Format.JSON.of(line("ends", "10.0.0.9"))).contains("\"address\":\"10.0.0.9\"");
    }
}
