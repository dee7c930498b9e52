package pgrouter.auth;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one authdb file. */
final class AuthDbProblems {
    private record Problem(int line, int column, String message) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    AuthDbProblems(String file) {
        this.file = file;
    }

    /** Line and column count from 1, the column in characters. */
    void expected(int line, int column, String what, String instead) {
        found.add(new Problem(line, column, "expected " + what + ", found " + instead));
    }

    void throwIfAny() throws AuthDbException {
        if (!found.isEmpty()) {
            throw exception();
        }
    }

    AuthDbException exception() {
        return new AuthDbException(found.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .map(this::text)
                .toList());
    }

    private String text(Problem problem) {
        return file + ":" + problem.line() + ":" + problem.column() + ": " + problem.message();
    }
}
