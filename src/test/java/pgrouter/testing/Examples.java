package pgrouter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The fenced blocks of the documentation in {@code src/docs}. */
public final class Examples {
    private static final String FENCE = "```";

    private Examples() {}

    /** @param line of its opening fence, from 1 */
    public record Block(Path file, int line, String language, String text) {
        @Override
        public String toString() {
            return file + ":" + line + " " + language;
        }
    }

    /** All of them, in their order in each page. */
    public static List<Block> all() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/docs"))) {
            List<Block> blocks = new ArrayList<>();
            for (Path file : files.filter(each -> each.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                blocks.addAll(of(file));
            }
            return blocks;
        }
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
