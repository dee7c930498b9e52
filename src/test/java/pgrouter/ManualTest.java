package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages of the manual, as far as programs for them are installed. */
final class ManualTest {
    private static final Path PAGES = Path.of("src/docs/man");

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** What a program prints of the pages, errors too. */
    private static String output(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        try (Stream<Path> pages = Files.list(PAGES)) {
            pages.sorted().map(Path::toString).forEach(words::add);
        }
        assertThat(words).hasSize(command.length + 3);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    @Test
    void mandocHasNothingToSay() throws Exception {
        assumeTrue(isInstalled("mandoc"), "mandoc is not installed");
        // The pages that ours refer to need not be installed.
        assertThat(output("mandoc", "-T", "lint")
                        .lines()
                        .filter(line -> !line.contains("referenced manual not found") && !line.contains("mandoc.db")))
                .isEmpty();
    }

    @Test
    void groffHasNothingToSay() throws Exception {
        assumeTrue(isInstalled("groff"), "groff is not installed");
        assertThat(output("groff", "-ww", "-mdoc", "-z")).isEmpty();
    }

    @Test
    void everyOptionOfTheUsageIsDescribed() throws IOException {
        String page = Files.readString(PAGES.resolve("pgrouter.1")).replace("\\-", "-");
        Stream.of(Arguments.USAGE.split("[\\s,\\[\\]]+"))
                .filter(word -> word.matches("--?[A-Za-z]+"))
                .filter(word -> !List.of("-jar", "-At").contains(word))
                .forEach(option -> assertThat(page).contains("Fl " + option.substring(1)));
    }
}
