package pgrouter.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file. Used by the thread that reads the file. */
final class Problems {
    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void expected(String what, Token instead) {
        at(instead, "expected " + what + ", found " + instead.described());
    }

    void at(Token token, String message) {
        if (!token.broken()) {
            at(token.line(), token.column(), message);
        }
    }

    void at(int line, int column, String message) {
        found.add(new Problem(file, line, column, message));
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            throw new ConfigException(found);
        }
    }
}
