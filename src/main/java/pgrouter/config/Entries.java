package pgrouter.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The directives that may stand in one block, or outside of all blocks, in the order in which they are listed. Immutable; any thread. */
final class Entries<O> {
    private final Map<String, Entry<O>> byName = new LinkedHashMap<>();

    private Entries() {}

    @SafeVarargs
    static <O> Entries<O> of(Entry<O>... entries) {
        Entries<O> all = new Entries<>();
        for (Entry<O> entry : entries) {
            all.byName.put(entry.name(), entry);
        }
        return all;
    }

    Optional<Entry<O>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Set<String> names() {
        return byName.keySet();
    }

    boolean contains(Entry<O> entry) {
        return byName.containsValue(entry);
    }

    Stream<Setting> settings(String path, O owner) {
        return byName.values().stream().flatMap(entry -> entry.settings(path, owner));
    }

    Stream<Entry.Declared> declared(String path) {
        return byName.values().stream().flatMap(entry -> entry.declared(path));
    }
}
