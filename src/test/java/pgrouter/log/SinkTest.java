package pgrouter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SinkTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 24, 1, 2, 3, 4_000_000, ZoneOffset.ofHours(1));

    private static String line(String message) {
        return Sink.line(TIME, Log.Level.WARN, "session", message);
    }

    @Test
    void aLineHasTimeLevelSubjectAndMessage() {
        assertThat(line("a client left")).isEqualTo("2026-11-24 01:02:03.004 +01:00 WARN  session: a client left");
    }

    /** An address, a user name or a server's error text may hold anything. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\n\n"})
    void aLineBreakInAMessageCannotForgeALine(String lineBreak) {
        String line = line("user \"x" + lineBreak + "2026-11-24 01:02:03.004 +01:00 INFO  health: all is well\"");
        assertThat(line).doesNotContain("\n", "\r").contains("user \"x ");
    }

    @Test
    void aMessageIsNoFormat() {
        assertThat(line("100 %s %n")).endsWith("100 %s %n");
    }

    @Test
    void onlyTheLevelsUpToTheWantedOneAreWanted() {
        Sink sink = new Sink();
        assertThat(sink.wants(Log.Level.INFO)).isTrue();
        assertThat(sink.wants(Log.Level.DEBUG)).isFalse();
        sink.level(Log.Level.ERROR);
        assertThat(sink.wants(Log.Level.WARN)).isFalse();
        sink.level(Log.Level.DEBUG);
        assertThat(sink.wants(Log.Level.DEBUG)).isTrue();
    }
}
