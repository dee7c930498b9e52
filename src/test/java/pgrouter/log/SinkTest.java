package pgrouter.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class SinkTest {
    private static final ZonedDateTime TIME = ZonedDateTime.of(2026, 11, 24, 1, 2, 3, 4_000_000, ZoneOffset.ofHours(1));

    /** An output that keeps what it gets, but is full as long as the test says. */
    private static final class Kept implements Output {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private volatile boolean full;
        private volatile boolean closed;

        @Override
        public void open() {}

        @Override
        public void write(Log.Level level, String line) throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
            lines.add(line.substring(line.indexOf(": ") + 2));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static Line line(String message) {
        return new Line(TIME, Log.Level.INFO, "session", Optional.empty(), message, List.of());
    }

    @Test
    void onlyTheLevelsUpToTheWantedOneAreWanted() {
        Sink sink = new Sink();
        assertThat(sink.wants(Log.Level.INFO)).isTrue();
        assertThat(sink.wants(Log.Level.DEBUG)).isFalse();
        sink.level(Log.Level.ERROR);
        assertThat(sink.wants(Log.Level.WARNING)).isFalse();
        assertThat(sink.wants(Log.Level.LOG)).isTrue();
        sink.level(Log.Level.DEBUG);
        assertThat(sink.wants(Log.Level.DEBUG)).isTrue();
    }

    @Test
    void whatWasSaidBeforeTheOutputChangesGoesWhereItWentBefore() {
        Sink sink = new Sink();
        Kept first = new Kept();
        Kept second = new Kept();
        sink.to(first, Format.TEXT);
        sink.accept(line("a"));
        sink.accept(line("a"));
        sink.to(second, Format.TEXT);
        sink.accept(line("b"));
        sink.flush();
        assertThat(first.lines).containsExactly("a", "a");
        assertThat(first.closed).isTrue();
        assertThat(second.lines).containsExactly("b");
    }

    @Test
    void linesThatFindNoRoomAreCountedAndToldOfWhenThereIsRoomAgain() {
        Sink sink = new Sink();
        Kept disk = new Kept();
        disk.full = true;
        sink.to(disk, Format.TEXT);
        sink.accept(line("a"));
        sink.accept(line("b"));
        sink.flush();
        disk.full = false;
        sink.accept(line("c"));
        sink.flush();
        assertThat(disk.lines).containsExactly("2 lines before this one could not be written", "c");
    }
}
