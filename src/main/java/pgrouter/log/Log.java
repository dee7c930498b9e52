package pgrouter.log;

import java.util.function.Supplier;

/**
 * Where a part of pgrouter says what an operator should know. Any thread may call it; the line is written to standard error by a
 * thread of its own, so that no caller waits for a disk. Secrets never go here.
 */
public final class Log {
    /** In the order of urgency. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    private static final Sink SINK = new Sink();

    private final String subject;

    private Log(String subject) {
        this.subject = subject;
    }

    /** @param subject the word that each line begins with: a package, or one session */
    public static Log of(String subject) {
        return new Log(subject);
    }

    /** From now on lines of this level and the more urgent ones are written; INFO until this is called. */
    public static void level(Level level) {
        SINK.level(level);
    }

    /** Waits until the lines so far are written: before the process ends. */
    public static void flush() {
        SINK.flush();
    }

    /** Whether DEBUG lines are written. */
    public static boolean isDebugging() {
        return SINK.wants(Level.DEBUG);
    }

    public void error(String message) {
        SINK.accept(Level.ERROR, subject, message);
    }

    public void warn(String message) {
        SINK.accept(Level.WARN, subject, message);
    }

    public void info(String message) {
        SINK.accept(Level.INFO, subject, message);
    }

    /** The text is only made where it is wanted. */
    public void debug(Supplier<String> message) {
        if (SINK.wants(Level.DEBUG)) {
            SINK.accept(Level.DEBUG, subject, message.get());
        }
    }
}
