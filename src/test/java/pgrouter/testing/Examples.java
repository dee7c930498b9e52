package pgrouter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The fenced blocks of the README and of the documentation in {@code src/docs}. */
public final class Examples {
    public static final Path README = Path.of("README.md");

    private static final String FENCE = "```";

    private Examples() {}

    /** @param line of its opening fence, from 1 */
    public record Block(Path file, int line, String language, String text) {
        /** Whether the other one begins in the next line. */
        public boolean isBefore(Block other) {
            long closing = line + text.lines().count() + 1;
            return file.equals(other.file) && other.line == closing + 1;
        }

        @Override
        public String toString() {
            return file + ":" + line + " " + language;
        }
    }

    /** The README, and the pages of the documentation. */
    public static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/docs"))) {
            Stream<Path> pages =
                    files.filter(each -> each.toString().endsWith(".md")).sorted();
            return Stream.concat(Stream.of(README), pages).toList();
        }
    }

    /** All of them, in their order in each page. */
    public static List<Block> all() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            blocks.addAll(of(page));
        }
        return blocks;
    }

    /** The one of the README in which these words are. */
    public static Block ofReadme(String words) throws IOException {
        return of(README).stream()
                .filter(block -> block.text().contains(words))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no example of the README has the words " + words));
    }

    private static List<Block> of(Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        int line = 0;
        while (line < lines.size()) {
            if (lines.get(line).startsWith(FENCE)) {
                int end = line + 1;
                while (!lines.get(end).equals(FENCE)) {
                    end++;
                }
                String text = String.join("\n", lines.subList(line + 1, end)) + "\n";
                blocks.add(new Block(file, line + 1, lines.get(line).substring(FENCE.length()), text));
                line = end;
            }
            line++;
        }
        return blocks;
    }
}
