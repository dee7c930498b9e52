package pgrouter.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds back lines that were written within the last second: they are counted, and reported in one line when the second
 * is over. Bounded: beyond {@link #MOST} different lines a second, further ones are not held back. One thread only; the
 * time is given, in nanoseconds.
 */
final class Repeats {
    static final int MOST = 1000;
    static final long HELD = 1_000_000_000L;

    private static final class Said {
        private final long since;
        private int again;
        private Line last;

        Said(long since, Line line) {
            this.since = since;
            this.last = line;
        }
    }

    private final Map<Line.Gist, Said> said = new HashMap<>();

    /** Returns the lines to write now that this line has come. */
    List<Line> accept(Line line, long now) {
        List<Line> out = due(now);
        Said before = said.get(line.gist());
        if (before != null) {
            before.again++;
            before.last = line;
            return out;
        }
        if (said.size() < MOST) {
            said.put(line.gist(), new Said(now, line));
        }
        out.add(line);
        return out;
    }

    /** Returns the lines to write now although no line has come. */
    List<Line> due(long now) {
        List<Line> out = new ArrayList<>();
        said.values().removeIf(line -> isOver(line, now, out));
        return out;
    }

    /** Returns the lines that are still to be written before the end. */
    List<Line> rest() {
        List<Line> out = new ArrayList<>();
        said.values().forEach(line -> tell(line, out));
        said.clear();
        return out;
    }

    /** Whether a line is held back. */
    boolean isHolding() {
        return !said.isEmpty();
    }

    private static boolean isOver(Said line, long now, List<Line> out) {
        boolean over = now - line.since >= HELD;
        if (over) {
            tell(line, out);
        }
        return over;
    }

    private static void tell(Said line, List<Line> out) {
        if (line.again == 1) {
            out.add(line.last);
        } else if (line.again > 1) {
            out.add(line.last.repeated(line.again));
        }
    }
}
