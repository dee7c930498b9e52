package pgrouter.log;

import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a part of pgrouter says what an operator should know. Any thread may call it; the line is written by a thread of its own, so
 * that no caller waits for a disk. A line that a thread of a session writes names its client. Secrets never go here.
 */
public final class Log {
    /** In the order of urgency; LOG, as PostgreSQL has it, is what was asked for by itself, and written at every level. */
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

    /** @param subject the word that each line begins with */
    public static Log of(String subject) {
        return new Log(subject);
    }

    /** From now on lines of this level and the more urgent ones are written; INFO until this is called. */
    public static void level(Level level) {
        SINK.level(level);
    }

    /**
     * From now on lines go there; standard error, as text, until this is called.
     *
     * @throws IOException when nothing can be written there; then all stays as it was
     */
    public static void to(Output output, Format format) throws IOException {
        output.open();
        SINK.to(output, format);
    }

    /** Waits until the lines so far are written: before the process ends. */
    public static void flush() {
        SINK.flush();
    }

    /** Whether DEBUG lines are written. */
    public static boolean isDebugging() {
        return SINK.wants(Level.DEBUG);
    }

    /** What was asked for by itself. */
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
     * What anybody can cause without a password, at the level INFO. Of each kind only so many lines are written, and the others counted.
     *
     * @param from the address, where it is known
     */
    public void infoOf(Cause cause, String message, Optional<String> from) {
        List<Detail> details = from.<List<Detail>>map(address -> List.of(new Detail.Text("address", address)))
                .orElse(List.of());
        accept(Level.INFO, message, details, Optional.of(cause));
    }

    /** The text is only made where it is wanted. */
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
