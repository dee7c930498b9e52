package pgrouter.config;

import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A directive outside of all blocks, with the half of the configuration that holds its value. That half alone decides whether a change
 * needs a restart.
 */
record Part<P>(Entry<P> entry, Function<Config, P> half, boolean needsRestart) implements Entry<Config> {
    /** A directive that is read only at the start. */
    static Part<Config.Fixed> fixed(Entry<Config.Fixed> entry) {
        return new Part<>(entry, Config::fixed, true);
    }

    /** A directive that a reload reads again. */
    static Part<Config.Live> live(Entry<Config.Live> entry) {
        return new Part<>(entry, Config::live, false);
    }

    @Override
    public String name() {
        return entry.name();
    }

    @Override
    public void read(Directive directive, DirectiveReader reader) {
        entry.read(directive, reader);
    }

    @Override
    public Stream<Setting> settings(String path, Config config) {
        return entry.settings(path, half.apply(config)).map(row -> needsRestart ? row.atRestart() : row);
    }

    @Override
    public Stream<Declared> declared(String path) {
        return entry.declared(path)
                .map(fact -> needsRestart ? new Declared(fact.directive(), fact.initial(), true) : fact);
    }
}
