package pgrouter.log;

/** One of the figures and texts after a line's message: a field of its own in JSON. */
public sealed interface Detail {
    String name();

    /** @param value never a secret */
    record Text(String name, String value) implements Detail {}

    /** Shown with its unit, which the name ends in: {@code duration_ms}. */
    record Milliseconds(String name, double value) implements Detail {}
}
