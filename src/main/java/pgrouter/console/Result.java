package pgrouter.console;

import java.util.List;
import java.util.Optional;

/**
 * What a command has come to.
 *
 * @param rows none of a command without columns
 * @param tag of CommandComplete
 * @param notice empty where there is nothing to say
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
