package pgrouter.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gathers rows. One thread. */
final class Rows {
    private final List<List<Optional<String>>> rows = new ArrayList<>();

    /** Adds a row, with each value as its text; an empty Optional is NULL. */
    void add(Object... values) {
        List<Optional<String>> row = new ArrayList<>();
        for (Object value : values) {
            row.add(value instanceof Optional<?> some ? some.map(Object::toString) : Optional.of(value.toString()));
        }
        rows.add(List.copyOf(row));
    }

    List<List<Optional<String>>> all() {
        return List.copyOf(rows);
    }
}
