import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A client program that has ended, and what the processes of its target had used meanwhile.
 *
 * @param usages one from before it, one from behind it, and some of each second between
 */
record Client(int exitCode, String output, List<Usage> usages) {
    static final Path NO_INPUT = Path.of("/dev/null");

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int SAMPLE_EVERY_MS = 100;
    private static final int TIMED_OUT = -1;

    /**
     * @param input what the program reads
     * @param watch is shown the program while it runs, some times a second
     */
    static Client run(List<String> command, Path input, ProcessTree target, Consumer<Process> watch)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("output", "");
        try {
            List<Usage> usages = new ArrayList<>(List.of(target.usage()));
            Process process = new ProcessBuilder(command)
                    .redirectInput(input.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            int exitCode = await(process, () -> {
                usages.add(target.usage());
                watch.accept(process);
            });
            return new Client(exitCode, Files.readString(output), usages);
        } finally {
            Files.delete(output);
        }
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
            process.destroyForcibly();
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
