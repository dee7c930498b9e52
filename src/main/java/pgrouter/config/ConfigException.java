package pgrouter.config;

import java.util.List;
import java.util.stream.Collectors;

/** Says that a file that a DBA wrote cannot be used, with all of its problems. */
public final class ConfigException extends Exception {
    private final List<Problem> problems;

    /** @param problems at least one; the message has a line for each */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Returns the problems, sorted by line and column; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
