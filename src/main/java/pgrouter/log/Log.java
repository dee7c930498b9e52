package pgrouter.log;

import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The log of one part of pgrouter, for messages to the operator. Any thread. A thread of the log writes the line, so
 * that no caller waits for a disk. A line that a thread of a session logs names its client. Secrets are never logged.
 */
public final class Log {
    /**
     * In the order of urgency. LOG, as in PostgreSQL, is for lines that the operator has asked for; they are written at
     * every level.
     */
    public enum Level {
        LOG,
        ERROR,
        WARNING,
        INFO,
        DEBUG
    }

    private static final Sink SINK = new Sink();

    private final String subject;

    private Log(String subject) {
        this.subject = subject;
    }

    /** @param subject the word that begins each line */
    public static Log of(String subject) {
        return new Log(subject);
    }

    /** Sets the lowest level that is written; INFO until this is called. */
    public static void level(Level level) {
        SINK.level(level);
    }

    /**
     * Sets the output; standard error, as text, until this is called.
     *
     * @throws IOException when the output cannot be written to; then the present one stays
     */
    public static void to(Output output, Format format) throws IOException {
        output.open();
        SINK.to(output, format);
    }

    /** Waits until the lines so far are written. Called before the process ends. */
    public static void flush() {
        SINK.flush();
    }

    /** Whether DEBUG lines are written. */
    public static boolean isDebugging() {
        return SINK.wants(Level.DEBUG);
    }

    /** Logs a line that the operator has asked for. */
    public void log(String message, List<Detail> details) {
        accept(Level.LOG, message, details);
    }

    public void error(String message) {
        accept(Level.ERROR, message, List.of());
    }

    public void warn(String message) {
        accept(Level.WARNING, message, List.of());
    }

    public void info(String message) {
        accept(Level.INFO, message, List.of());
    }

    /**
     * Logs a line that a client can provoke without a password, at the level INFO. Only a limited number of lines of
     * each kind is written; the others are counted.
     *
     * @param from the address, where it is known
     */
    public void infoOf(Cause cause, String message, Optional<String> from) {
        List<Detail> details = from.<List<Detail>>map(address -> List.of(new Detail.Text("address", address)))
                .orElse(List.of());
        accept(Level.INFO, message, details, Optional.of(cause));
    }

    /** The text is made only where DEBUG lines are written. */
    public void debug(Supplier<String> message) {
        if (SINK.wants(Level.DEBUG)) {
            accept(Level.DEBUG, message.get(), List.of());
        }
    }

    private void accept(Level level, String message, List<Detail> details) {
        accept(level, message, details, Optional.empty());
    }

    private void accept(Level level, String message, List<Detail> details, Optional<Cause> cause) {
        if (SINK.wants(level)) {
            SINK.accept(new Line(
                    ZonedDateTime.now(ZoneId.systemDefault()),
                    level,
                    subject,
                    Line.clientOf(Thread.currentThread()),
                    message,
                    details,
                    cause));
        }
    }
}
