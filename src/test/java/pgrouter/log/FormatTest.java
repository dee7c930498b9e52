package pgrouter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.testing.Examples;

final class FormatTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 24, 1, 2, 3, 4_000_000, ZoneOffset.ofHours(1));
    private static final List<Detail> DETAILS = List.of(
            new Detail.Milliseconds("duration_ms", 203.44), new Detail.Text("statement", "SELECT \"a\\b\"\n\u0001"));

    private static Line line(String message) {
        return new Line(TIME, Log.Level.WARNING, "session", Optional.empty(), message, List.of());
    }

    @Test
    void aLineHasTimeLevelSubjectAndMessage() {
        assertThat(Format.TEXT.of(line("all is well")))
                .isEqualTo("2026-11-24 01:02:03.004 +01:00 WARNING session: all is well");
    }

    @Test
    void aLineAboutAClientNamesIt() {
        Line line = new Line(TIME, Log.Level.LOG, "session", Optional.of("12"), "slow request", DETAILS);
        assertThat(Format.TEXT.of(line))
                .isEqualTo("2026-11-24 01:02:03.004 +01:00 LOG     session: client 12: slow request, 203.4 ms, "
                        + "SELECT \"a\\b\"  ");
        assertThat(Format.JSON.of(line))
                .isEqualTo("{\"time\":\"2026-11-24T01:02:03.004+01:00\",\"level\":\"LOG\",\"subject\":\"session\","
                        + "\"client\":12,\"message\":\"slow request\",\"duration_ms\":203.4,"
                        + "\"statement\":\"SELECT \\\"a\\\\b\\\"\\u000a\\u0001\"}");
    }

    @Test
    void theExamplesOfTheReadmeAreLines() throws IOException {
        ZonedDateTime first = ZonedDateTime.of(2026, 11, 25, 17, 1, 2, 345_000_000, ZoneOffset.ofHours(1));
        ZonedDateTime second = first.plusNanos(1_111_000_000);
        Line failed = new Line(
                first,
                Log.Level.INFO,
                "session",
                Optional.of("12"),
                "ends: user \"app\": wrong password",
                List.of(new Detail.Text("address", "10.244.232.9")));
        List<Detail> details = List.of(
                new Detail.Milliseconds("duration_ms", 203.4),
                new Detail.Text("route", "reader 10.244.232.3:6432"),
                new Detail.Text("statement", "SELECT pg_sleep(?)"));
        Line slow = new Line(second, Log.Level.LOG, "session", Optional.of("9"), "slow request", details);
        assertThat(Examples.ofReadme("slow request").text().lines())
                .containsExactly(Format.TEXT.of(failed), Format.TEXT.of(slow));
    }

    @Test
    void theThreadsOfASessionTellWhoseTheyAre() {
        assertThat(Line.clientOf(thread("client-12"))).contains("12");
        assertThat(Line.clientOf(thread("client-12-writer"))).contains("12");
        assertThat(Line.clientOf(thread("health-127.0.0.1:5432"))).isEmpty();
    }

    private static Thread thread(String name) {
        return Thread.ofVirtual().name(name).unstarted(() -> {});
    }

    /** An address, a user name or a server's error text may hold anything. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\n\n"})
    void aLineBreakInAMessageCannotForgeALine(String lineBreak) {
        Line line = line("user \"x" + lineBreak + "2026-11-24 01:02:03.004 +01:00 INFO  health: all is well\"");
        assertThat(Format.TEXT.of(line)).doesNotContain("\n", "\r").contains("user \"x ");
        assertThat(Format.JSON.of(line)).doesNotContain("\n", "\r").contains("user \\\"x\\u00");
    }

    /** NEL, CSI, the separators of lines and paragraphs, and what turns the direction of writing. */
    @ParameterizedTest
    @ValueSource(strings = {"\u0085", "\u009b", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff"})
    void whatATerminalMightObeyIsNotInATextLine(String control) {
        assertThat(Format.TEXT.of(line("user \"x" + control + "y\"")))
                .doesNotContain(control)
                .endsWith("user \"x y\"");
    }

    @Test
    void aLongMessageIsCut() {
        Line line = line("user \"" + "x".repeat(100_000) + "\"");
        assertThat(Format.TEXT.of(line)).endsWith("xxx...").hasSizeLessThan(4_200);
        assertThat(Format.JSON.of(line)).endsWith("xxx...\"}").hasSizeLessThan(4_300);
    }

    @Test
    void aMessageIsNoFormat() {
        assertThat(Format.TEXT.of(line("100 %s %n"))).endsWith("100 %s %n");
        assertThat(Format.JSON.of(line("100 %s %n"))).endsWith("\"100 %s %n\"}");
    }
}
