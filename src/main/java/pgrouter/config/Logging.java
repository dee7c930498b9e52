package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The {@code log} block. Immutable; any thread.
 *
 * @param slow a request that took longer is logged; zero if none is
 */
public record Logging(LogLevel level, Target target, Format format, Duration slow) {
    public static final Logging DEFAULT = LogKeys.of(new Given());

    /** Where lines go. {@code toString} is what stands in the file. */
    public sealed interface Target {
        /** The standard error of the process, which systemd and containers read. */
        record Stderr() implements Target {
            @Override
            public String toString() {
                return "stderr";
            }
        }

        /** The system's log, by way of the tool {@code logger}. */
        record Syslog() implements Target {
            @Override
            public String toString() {
                return "syslog";
            }
        }

        /** A file that lines are appended to. */
        record File(Path path) implements Target {
            @Override
            public String toString() {
                return path.toString();
            }
        }
    }

    /** The format of a line. */
    public enum Format {
        TEXT,
        JSON
    }
}
