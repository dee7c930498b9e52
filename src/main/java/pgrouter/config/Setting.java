package pgrouter.config;

import java.util.Optional;

/** What one key was last set to. Used while a file is read, by the thread that reads it. */
final class Setting<T> {
    private Optional<T> value = Optional.empty();

    void set(T given) {
        value = Optional.of(given);
    }

    Optional<T> given() {
        return value;
    }

    T or(T otherwise) {
        return value.orElse(otherwise);
    }

    Setting<T> copy() {
        Setting<T> copy = new Setting<>();
        copy.value = value;
        return copy;
    }
}
