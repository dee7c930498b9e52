package pgrouter.config;

import java.time.Duration;

/** One limit of how far a standby may be behind. */
sealed interface Lag {
    /** In bytes of WAL. */
    record Bytes(long count) implements Lag {}

    /** In time. */
    record Time(Duration duration) implements Lag {}
}
