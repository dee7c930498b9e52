package pgrouter.log;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Writes lines to standard error on one platform thread. The queue is bounded: while standard error takes nothing, lines are lost
 * rather than sessions stopped.
 */
final class Sink {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS xxx", Locale.ROOT);
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final int QUEUE = 10_000;
    private static final int FLUSH_SECONDS = 2;

    private final LinkedBlockingQueue<Runnable> lines = new LinkedBlockingQueue<>(QUEUE);
    private volatile Log.Level level = Log.Level.INFO;

    Sink() {
        Thread.ofPlatform().name("log").daemon().start(this::run);
    }

    void level(Log.Level level) {
        this.level = level;
    }

    boolean wants(Log.Level wanted) {
        return wanted.compareTo(level) <= 0;
    }

    void accept(Log.Level lineLevel, String subject, String message) {
        if (wants(lineLevel)) {
            ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
            lines.offer(() -> System.err.println(line(now, lineLevel, subject, message)));
        }
    }

    void flush() {
        CountDownLatch written = new CountDownLatch(1);
        lines.offer(written::countDown);
        try {
            written.await(FLUSH_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One line each, whatever the message quotes: a line break in it could forge a line, an escape could move the cursor. */
    static String line(ZonedDateTime time, Log.Level level, String subject, String message) {
        String oneLine = CONTROL.matcher(message).replaceAll(" ");
        return String.format(Locale.ROOT, "%s %-5s %s: %s", TIME.format(time), level, subject, oneLine);
    }

    private void run() {
        try {
            while (true) {
                lines.take().run();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
