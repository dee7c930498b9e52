import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** What scripts/bench was asked for and has set up, as it writes it down in its working directory. */
record Settings(
        Path work,
        Path sources,
        int rounds,
        int seconds,
        List<String> workloads,
        boolean plots,
        int scale,
        int copies,
        int primary,
        List<Integer> standbys,
        List<Long> postmasters,
        int ticksPerSecond,
        int pageSize) {

    /** @param sources the directory of these programs, which has the SQL of some workloads */
    static Settings read(Path work, Path sources) throws IOException {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(work.resolve("settings"))) {
            lines.load(reader);
        }
        return new Settings(
                work,
                sources,
                number(lines, "rounds"),
                number(lines, "seconds"),
                words(lines, "workloads"),
                Boolean.parseBoolean(lines.getProperty("plots")),
                number(lines, "scale"),
                number(lines, "copies"),
                number(lines, "primary"),
                words(lines, "standbys").stream().map(Integer::valueOf).toList(),
                words(lines, "postmasters").stream().map(Long::valueOf).toList(),
                number(lines, "ticks"),
                number(lines, "page"));
    }

    private static int number(Properties lines, String name) {
        return Integer.parseInt(lines.getProperty(name));
    }

    private static List<String> words(Properties lines, String name) {
        return List.of(lines.getProperty(name).split(" "));
    }
}
