package pgrouter.config;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far a standby may lag. Where only a time is given, any number of bytes will do. Immutable; any thread.
 *
 * @param bytes of WAL
 */
public record Lag(Optional<Long> bytes, Optional<Duration> time) {
    static Lag ofBytes(long bytes) {
        return new Lag(Optional.of(bytes), Optional.empty());
    }

    static Lag ofTime(Duration time) {
        return new Lag(Optional.empty(), Optional.of(time));
    }

    /** Returns both limits; of two of the same kind the other one's. */
    Lag and(Lag other) {
        return new Lag(other.bytes.or(() -> bytes), other.time.or(() -> time));
    }

    /** Returns the limits as they could stand in the file. */
    @Override
    public String toString() {
        return Stream.of(bytes.map(Amounts::size), time.map(Amounts::time))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
    }
}
