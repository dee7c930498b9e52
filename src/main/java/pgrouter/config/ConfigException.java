package pgrouter.config;

import java.util.List;
import java.util.stream.Collectors;

/** A file that a DBA wrote cannot be used. Carries everything that is wrong with it, in the order of the file. */
public final class ConfigException extends Exception {
    private final List<Problem> problems;

    /** At least one problem; the message is one line for each. */
    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Never empty, sorted by line and column. */
    public List<Problem> problems() {
        return problems;
    }
}
