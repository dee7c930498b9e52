package pgrouter.routing;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The shapes of one database in a table of a fixed size: a prefix has its place in one of many small sets, where a new
 * one replaces that which no transaction has had for the longest time. Any thread. A lookup takes no lock.
 */
final class ShapeTable {
    /** The maximum number of prefixes. */
    static final int MOST = 10_000;

    private static final int SET = 10;

    private final AtomicReferenceArray<Shape> shapes = new AtomicReferenceArray<>(MOST);

    /** Held where a new shape takes its place, so that no prefix has two. */
    private final ReentrantLock placing = new ReentrantLock();

    /** Returns null where the prefix is not known. */
    Shape find(long prefix) {
        int first = first(prefix);
        for (int i = first; i < first + SET; i++) {
            Shape shape = shapes.get(i);
            if (shape != null && shape.is(prefix)) {
                return shape;
            }
        }
        return null;
    }

    private static int first(long prefix) {
        return Math.floorMod(prefix, MOST / SET) * SET;
    }

    /** Adds a transaction that had this prefix, and its end as {@link Shape#add} knows it. */
    void add(long prefix, int depth, Optional<String> text, int end, long now) {
        Shape known = find(prefix);
        Shape shape = known == null ? place(prefix, depth, now) : known;
        shape.add(end, text, now);
    }

    private Shape place(long prefix, int depth, long now) {
        placing.lock();
        try {
            Shape known = find(prefix);
            if (known != null) {
                return known;
            }
            Shape shape = new Shape(prefix, depth, now);
            shapes.set(longestUnused(first(prefix), now), shape);
            return shape;
        } finally {
            placing.unlock();
        }
    }

    private int longestUnused(int first, long now) {
        int found = first;
        long longest = -1;
        for (int i = first; i < first + SET; i++) {
            Shape shape = shapes.get(i);
            if (shape == null) {
                return i;
            }
            if (now - shape.latest() > longest) {
                longest = now - shape.latest();
                found = i;
            }
        }
        return found;
    }

    Stream<Shape> all() {
        return IntStream.range(0, MOST).mapToObj(shapes::get).filter(shape -> shape != null);
    }
}
