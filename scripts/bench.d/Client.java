import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * A client program that has ended, and what the processes of its target had used meanwhile.
 *
 * @param usages one from before it, one from after it, and some of each second between
 */
record Client(int exitCode, String output, List<Usage> usages) {
    static final Path NO_INPUT = Path.of("/dev/null");

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int SAMPLE_EVERY_MS = 100;
    private static final int TIMED_OUT = -1;

    /**
     * @param input what the program reads
     * @param watch is shown each line that the program writes, at once and on a thread of its own
     */
    static Client run(List<String> command, Path input, ProcessTree target, BiConsumer<Process, String> watch)
            throws IOException, InterruptedException {
        List<Usage> usages = new ArrayList<>(List.of(target.usage()));
        StringBuilder output = new StringBuilder();
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        Thread reader = Thread.ofPlatform().start(() -> process.inputReader().lines().forEach(line -> {
            output.append(line).append('\n');
            watch.accept(process, line);
        }));
        int exitCode = await(process, () -> usages.add(target.usage()));
        reader.join();
        return new Client(exitCode, output.toString(), usages);
    }

    private static int await(Process process, Runnable meanwhile) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        try {
            boolean ended = false;
            while (!ended && Instant.now().isBefore(deadline)) {
                ended = process.waitFor(SAMPLE_EVERY_MS, TimeUnit.MILLISECONDS);
                meanwhile.run();
            }
            return ended ? process.exitValue() : TIMED_OUT;
        } finally {
            // The process's own method would close what the reader reads.
            process.toHandle().destroyForcibly();
        }
    }

    /** Why it failed, in its own words: the first error that it wrote. */
    Optional<String> failure() {
        if (exitCode == 0) {
            return Optional.empty();
        }
        String end = exitCode == TIMED_OUT ? "did not end in time" : "exit code " + exitCode;
        return Optional.of(Arrays.stream(output.split("\n"))
                .filter(line -> line.contains("error:") || line.contains("ERROR:") || line.contains("FATAL:"))
                .findFirst()
                .map(line -> end + ": " + line.strip().replace('\t', ' '))
                .orElse(end));
    }

    /** The most memory that the target had at one time, in bytes. */
    long resident() {
        return usages.stream().mapToLong(Usage::resident).max().orElse(0);
    }
}
