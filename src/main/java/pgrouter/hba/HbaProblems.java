package pgrouter.hba;

import java.util.ArrayList;
import java.util.List;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;

/** Collects what is wrong with a file and those that it includes, in the order in which they are read. */
final class HbaProblems {
    private final List<Problem> found = new ArrayList<>();

    void expected(String what, Token instead) {
        at(instead.place(), "expected " + what + ", found " + instead.described());
    }

    void at(Place place, String message) {
        found.add(new Problem(place.file(), place.line(), place.column(), message));
    }

    void add(ConfigException unusable) {
        found.addAll(unusable.problems());
    }

    int count() {
        return found.size();
    }

    void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}
