package pgrouter.console;

import java.util.List;
import java.util.Optional;

/**
 * The result of a command.
 *
 * @param rows none for a command without columns
 * @param tag of CommandComplete
 * @param notice empty where there is none
 */
record Result(List<List<Optional<String>>> rows, String tag, Optional<String> notice) {
    static Result of(List<List<Optional<String>>> rows, String tag) {
        return new Result(rows, tag, Optional.empty());
    }

    static Result done(String tag) {
        return new Result(List.of(), tag, Optional.empty());
    }

    static Result done(String tag, String notice) {
        return new Result(List.of(), tag, Optional.of(notice));
    }
}
