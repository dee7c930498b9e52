package pgrouter.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Collects the values that a file gives for each key. Used by the thread that reads the file. */
final class Given {
    private final Map<Key<?, ?>, Object> values = new HashMap<>();
    private final Map<Entry<?>, Token> names = new HashMap<>();

    <T> void put(Key<?, T> key, T value) {
        values.put(key, value);
    }

    /** Returns the value from the file. */
    @SuppressWarnings("unchecked") // Only put adds to the map, and only values of the type of the key.
    <T> Optional<T> find(Key<?, T> key) {
        return Optional.ofNullable((T) values.get(key));
    }

    /** Returns the value from the file, or else the default. */
    <T> T get(Key<?, T> key) {
        return find(key).orElseGet(() -> key.initial().orElseThrow());
    }

    void meet(Entry<?> entry, Token name) {
        names.put(entry, name);
    }

    /** Returns the name in the last such directive, whether its value was valid or not. */
    Optional<Token> met(Entry<?> entry) {
        return Optional.ofNullable(names.get(entry));
    }

    /** Returns a copy of the values, without the names. */
    Given copy() {
        Given copy = new Given();
        copy.values.putAll(values);
        return copy;
    }
}
