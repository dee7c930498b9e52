package pgrouter.hba;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.config.ConfigException;
import pgrouter.config.ConfigFile;

/**
 * The entries of a file and of those that it includes, in their order ({@code tokenize_auth_file} of hba.c). A
 * relative name is relative to the directory of the file that contains it. One use.
 */
final class EntryReader {
    /** {@code CONF_FILE_MAX_DEPTH} of conffiles.h: a file that includes itself must end somewhere. */
    private static final int DEEPEST = 10;

    /** A file that includes itself twice would be read a thousand times before it gets too deep, and thrice, too often. */
    private static final int MOST_FILES = 1000;

    private final HbaProblems problems;
    private int files;
    private boolean limitMet;

    EntryReader(HbaProblems problems) {
        this.problems = problems;
    }

    List<Entry> read(Path file) {
        return read(file, 0);
    }

    private List<Entry> read(Path file, int depth) {
        try {
            files++;
            return entries(file, ConfigFile.text(file), depth);
        } catch (ConfigException unusable) {
            problems.add(unusable);
            return List.of();
        }
    }

    /** The entries of a text, as if it were the content of the file. */
    List<Entry> entries(Path file, String text, int depth) {
        List<Entry> entries = new ArrayList<>();
        for (Line line : Line.of(file.toString(), text)) {
            List<List<Token>> fields = fields(file, line, depth);
            if (isInclude(fields)) {
                entries.addAll(included(
                        file, fields.getFirst().getFirst(), fields.get(1).getFirst(), depth));
            } else if (!fields.isEmpty()) {
                entries.add(new Entry(fields, line.end()));
            }
        }
        return entries;
    }

    private List<List<Token>> fields(Path file, Line line, int depth) {
        List<List<Token>> fields = new ArrayList<>();
        Scanner scanner = new Scanner(line, problems);
        boolean more = false;
        for (Optional<Scanner.Word> word = scanner.next(); word.isPresent(); word = scanner.next()) {
            if (!more) {
                fields.add(new ArrayList<>());
            }
            fields.getLast().addAll(expanded(file, word.get().token(), depth));
            more = word.get().more();
        }
        return fields;
    }

    /** The word itself, or the words of the file that it names. It never returns none, which would move the fields after it. */
    private List<Token> expanded(Path file, Token token, int depth) {
        if (!token.isFile()) {
            return List.of(token);
        }
        int problemsBefore = problems.count();
        List<Token> words = path(file, token, token.text().substring(1), depth)
                .map(path -> read(path, depth + 1).stream()
                        .flatMap(entry -> entry.fields().stream())
                        .flatMap(List::stream)
                        .toList())
                .orElse(List.of());
        if (words.isEmpty() && problems.count() == problemsBefore && !limitMet) {
            problems.expected("a file with at least one word", token);
        }
        return words.isEmpty() ? List.of(token) : words;
    }

    /** Whether the entry is an include, of two words. With more or less than one file it is an entry of an unknown type. */
    private static boolean isInclude(List<List<Token>> fields) {
        return fields.size() == 2
                && switch (fields.getFirst().getFirst().text()) {
                    case "include", "include_if_exists", "include_dir" -> true;
                    default -> false;
                };
    }

    private List<Entry> included(Path file, Token kind, Token name, int depth) {
        return path(file, name, name.text(), depth)
                .map(path -> switch (kind.text()) {
                    case "include_dir" -> directory(path, name, depth);
                    case "include_if_exists" -> Files.notExists(path) ? List.<Entry>of() : read(path, depth + 1);
                    default -> read(path, depth + 1);
                })
                .orElse(List.of());
    }

    /** The files {@code *.conf} that are not hidden, by name ({@code GetConfFilesInDir} of conffiles.c). */
    private List<Entry> directory(Path directory, Token name, int depth) {
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.filter(EntryReader::isConf).sorted().toList().stream()
                    .filter(path -> isWithinLimits(name, depth))
                    .flatMap(path -> read(path, depth + 1).stream())
                    .toList();
        } catch (IOException | SecurityException e) {
            problems.expected("a directory that can be read", name);
            return List.of();
        }
    }

    private static boolean isConf(Path path) {
        String name = path.getFileName().toString();
        return name.endsWith(".conf") && !name.startsWith(".") && !Files.isDirectory(path);
    }

    private Optional<Path> path(Path file, Token token, String name, int depth) {
        if (!isWithinLimits(token, depth)) {
            return Optional.empty();
        }
        try {
            if (!name.isBlank()) {
                return Optional.of(file.resolveSibling(name));
            }
        } catch (InvalidPathException e) {
            // As a directory without files.
        }
        problems.expected("the name of a file", token);
        return Optional.empty();
    }

    /** Checks the limits. After the first file that exceeds them no other is read. */
    private boolean isWithinLimits(Token token, int depth) {
        boolean within = depth < DEEPEST && files < MOST_FILES;
        if (!within && !limitMet) {
            String what = depth < DEEPEST ? "at most " + MOST_FILES + " files" : "files at most " + DEEPEST + " deep";
            problems.expected(what + ", not one that includes itself", token);
        }
        limitMet |= !within;
        return !limitMet;
    }
}
