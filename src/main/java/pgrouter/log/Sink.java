package pgrouter.log;

import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes lines on one platform thread. The queue is bounded: while the output accepts nothing, lines are dropped and
 * counted, and no session is stopped.
 */
final class Sink {
    private static final int QUEUE = 10_000;
    private static final int FLUSH_SECONDS = 2;

    private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>(QUEUE);
    private final AtomicLong lost = new AtomicLong();
    private final Repeats repeats = new Repeats();
    private final Bounds bounds = new Bounds();
    private volatile Log.Level level = Log.Level.INFO;
    private Output output = Output.stderr();
    private Format format = Format.TEXT;

    Sink() {
        Thread.ofPlatform().name("log").daemon().start(this::run);
    }

    void level(Log.Level level) {
        this.level = level;
    }

    boolean wants(Log.Level wanted) {
        return wanted.compareTo(level) <= 0;
    }

    void accept(Line line) {
        boolean taken = work.offer(() -> write(accepted(line, System.nanoTime())));
        if (!taken) {
            lost.incrementAndGet();
        }
    }

    private List<Line> accepted(Line line, long now) {
        List<Line> lines = repeats.due(now);
        lines.addAll(bounds.due(now));
        lines.addAll(
                line.cause().isPresent() ? bounds.accept(line, line.cause().get(), now) : repeats.accept(line, now));
        return lines;
    }

    /** Writes the lines that are still held back. */
    private void writeRest() {
        write(repeats.rest());
        write(bounds.rest());
    }

    /** Sets the output for the lines from now on; earlier lines still go to the present one. */
    void to(Output next, Format nextFormat) {
        waitFor(() -> {
            writeRest();
            output.close();
            output = next;
            format = nextFormat;
        });
    }

    void flush() {
        waitFor(this::writeRest);
    }

    private void waitFor(Runnable last) {
        CountDownLatch done = new CountDownLatch(1);
        try {
            boolean taken = work.offer(
                    () -> {
                        last.run();
                        done.countDown();
                    },
                    FLUSH_SECONDS,
                    TimeUnit.SECONDS);
            if (taken) {
                done.await(FLUSH_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<Line> lines) {
        lines.forEach(this::write);
    }

    private void write(Line line) {
        try {
            tellOfLoss();
            output.write(line.level(), format.of(line));
        } catch (IOException fullOrGone) {
            lost.incrementAndGet();
        }
    }

    private void tellOfLoss() throws IOException {
        long count = lost.get();
        if (count > 0) {
            String message = count + " lines before this one could not be written";
            Line line = new Line(
                    ZonedDateTime.now(ZoneId.systemDefault()),
                    Log.Level.WARNING,
                    "log",
                    Optional.empty(),
                    message,
                    List.of());
            output.write(line.level(), format.of(line));
            lost.addAndGet(-count);
        }
    }

    private void run() {
        try {
            while (true) {
                boolean holding = repeats.isHolding() || bounds.isHolding();
                Runnable next = holding ? work.poll(Repeats.HELD, TimeUnit.NANOSECONDS) : work.take();
                carryOut(next == null ? () -> writeDue(System.nanoTime()) : next);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeDue(long now) {
        write(repeats.due(now));
        write(bounds.due(now));
    }

    /** Contains a failure: without this thread no later failure would be logged. */
    private void carryOut(Runnable next) {
        try {
            next.run();
        } catch (RuntimeException | Error e) {
            lost.incrementAndGet();
        }
    }
}
