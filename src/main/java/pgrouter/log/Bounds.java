package pgrouter.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Bounds the lines that a client can cause before it has logged in. The first line of a kind opens a window of
 * {@link #WINDOW}, in which {@link #EACH} different lines are written. All others are counted by their source, and
 * reported in one line when the window is over. So the first line of a kind is never left out. One thread only; the
 * time is given, in nanoseconds.
 */
final class Bounds {
    static final int EACH = 10;
    static final long WINDOW = 10_000_000_000L;

    /** The maximum number of kinds with a window each; further kinds share one window. */
    private static final int MOST_KINDS = 50;

    /** The maximum number of sources counted in a window; further sources are counted together. */
    private static final int MOST_SOURCES = 1000;

    /** The number of sources that are named. */
    private static final int TOLD = 3;

    private static final String OTHER = "other lines of clients that have not logged in";

    private static final class Window {
        private final String kind;
        private final long since;
        private final Set<Line.Gist> written = new HashSet<>();
        private final Map<String, Integer> sources = new HashMap<>();
        private int left;
        private boolean same = true;
        private Line last;

        Window(String kind, long since, Line first) {
            this.kind = kind;
            this.since = since;
            this.last = first;
        }

        /** @return whether the line is to be written */
        boolean accept(Line line, String source) {
            if (written.size() < EACH && written.add(line.gist())) {
                return true;
            }
            same = same && (left == 0 || line.gist().equals(last.gist()));
            left++;
            last = line;
            if (sources.containsKey(source) || sources.size() < MOST_SOURCES) {
                sources.merge(source, 1, Integer::sum);
            }
            return false;
        }

        void tell(List<Line> out) {
            if (left == 1) {
                out.add(last);
            } else if (left > 1) {
                out.add(same ? last.repeated(left) : last.summary(words()));
            }
        }

        private String words() {
            List<Map.Entry<String, Integer>> most = sources.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(TOLD)
                    .toList();
            String named = most.stream()
                    .map(source -> source.getValue() + " from " + source.getKey())
                    .collect(Collectors.joining(", "));
            int others = left - most.stream().mapToInt(Map.Entry::getValue).sum();
            return "left out " + left + " " + kind + ": " + named + (others > 0 ? ", " + others + " others" : "");
        }
    }

    private final Map<String, Window> windows = new LinkedHashMap<>();

    /** Returns the lines to write now that this line has come. */
    List<Line> accept(Line line, Cause cause, long now) {
        List<Line> out = due(now);
        String kind = windows.containsKey(cause.kind()) || windows.size() < MOST_KINDS ? cause.kind() : OTHER;
        Window window = windows.computeIfAbsent(kind, name -> new Window(name, now, line));
        if (window.accept(line, cause.source())) {
            out.add(line);
        }
        return out;
    }

    /** Returns the lines to write now although no line has come. */
    List<Line> due(long now) {
        List<Line> out = new ArrayList<>();
        windows.values().removeIf(window -> isOver(window, now, out));
        return out;
    }

    private static boolean isOver(Window window, long now, List<Line> out) {
        boolean over = now - window.since >= WINDOW;
        if (over) {
            window.tell(out);
        }
        return over;
    }

    /** Returns the lines that are still to be written before the end. */
    List<Line> rest() {
        List<Line> out = new ArrayList<>();
        windows.values().forEach(window -> window.tell(out));
        windows.clear();
        return out;
    }

    /** Whether a window is open. */
    boolean isHolding() {
        return !windows.isEmpty();
    }
}
