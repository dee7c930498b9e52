package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What is logged, where and how.
 *
 * @param slow a request that took longer is logged; zero where none is
 */
public record Logging(LogLevel level, Target target, Format format, Duration slow) {
    public static final Logging USUAL = new Logging(LogLevel.INFO, new Target.Stderr(), Format.TEXT, Duration.ZERO);

    /** Where lines go. */
    public sealed interface Target {
        /** The standard error of the process: what systemd and containers take. */
        record Stderr() implements Target {}

        /** The system's log, by way of the tool {@code logger}. */
        record Syslog() implements Target {}

        /** Appended to. */
        record File(Path path) implements Target {}
    }

    /** What a line looks like. */
    public enum Format {
        TEXT,
        JSON
    }
}
