package pgrouter.config;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * One value of the configuration: a row of {@code SHOW CONFIG}. Immutable; any thread.
 *
 * @param directive with the name of its block: {@code health timeout}
 * @param value for comparisons; may be a secret
 * @param shown the value as it could stand in the file, never a secret; empty if it is not given and has no default
 */
public record Setting(String directive, Object value, Optional<String> shown, boolean needsRestart) {
    private static final String HIDDEN = "(hidden)";

    static Setting of(String directive, Object value, Optional<String> shown) {
        return new Setting(directive, value, shown, false);
    }

    static Setting of(String directive, Optional<?> value) {
        return of(directive, value, value.map(Object::toString));
    }

    /** A row that says only whether there is a value. */
    static Setting hidden(String directive, Optional<String> secret) {
        return of(directive, secret, secret.map(text -> HIDDEN));
    }

    /** A row for each value. */
    static Stream<Setting> each(String directive, Iterable<?> values) {
        Stream.Builder<Setting> rows = Stream.builder();
        values.forEach(value -> rows.add(of(directive, value, Optional.of(value.toString()))));
        return rows.build();
    }

    Setting atRestart() {
        return new Setting(directive, value, shown, true);
    }

    /** Returns the name of the directive outside of all blocks. */
    String top() {
        return directive.split(" ", 2)[0];
    }

    @Override
    public String toString() {
        return directive + " " + shown.orElse("(none)");
    }
}
