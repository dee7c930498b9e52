package pgrouter.testing.history;

import java.util.List;

/** One statement of a transaction that has succeeded. Times are those of {@link System#nanoTime()} at the client. */
public sealed interface Operation {
    /** When it was sent. */
    long sent();

    /** @param received when the answer had come */
    record Read(Key key, List<Integer> elements, long sent, long received) implements Operation {
        public Read {
            elements = List.copyOf(elements);
        }
    }

    record Append(Key key, int element, long sent) implements Operation {}

    /** All money of the bank, as one statement or the statements of one snapshot have seen it. */
    record Total(long sum, long sent) implements Operation {}
}
