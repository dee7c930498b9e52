package pgrouter.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A directive with a block of directives.
 *
 * @param <O> the part of the configuration that holds the block
 * @param <P> the part that the block describes
 */
final class Block<O, P> implements Entry<O> {
    private final String name;
    private final Function<O, Optional<P>> part;
    private final Step head;
    private final Optional<Entry<P>> own;
    private final Entries<P> entries;
    private final Step check;

    /** Reads or checks a directive before its block is read, or after. */
    interface Step {
        void read(Directive directive, DirectiveReader reader);
    }

    private Block(
            String name,
            Function<O, Optional<P>> part,
            Step head,
            Optional<Entry<P>> own,
            Entries<P> entries,
            Step check) {
        this.name = name;
        this.part = part;
        this.head = head;
        this.own = own;
        this.entries = entries;
        this.check = check;
    }

    /** A block without arguments. */
    static <O, P> Block<O, P> of(String name, Function<O, P> part, Entries<P> entries) {
        return optional(name, part.andThen(Optional::of), entries);
    }

    /** A block without arguments, which may be absent. */
    static <O, P> Block<O, P> optional(String name, Function<O, Optional<P>> part, Entries<P> entries) {
        return new Block<>(
                name,
                part,
                (directive, reader) -> reader.atMost(0, directive),
                Optional.empty(),
                entries,
                (directive, reader) -> {});
    }

    /**
     * Adds an argument before the block.
     *
     * @param key whose value it is; shown under the name of the block unless the block has this key too
     */
    Block<O, P> argument(Entry<P> key, Step argument) {
        return new Block<>(name, part, argument, Optional.of(key), entries, check);
    }

    /** Reads exactly one argument. */
    static <T> Step requiredArgument(Key<?, T> key, Value<T> value) {
        return (directive, reader) ->
                reader.only(directive, value).ifPresent(read -> reader.given().put(key, read));
    }

    /** Reads an argument, which may be left out before a block. */
    static <T> Step optionalArgument(Key<?, T> key, Value<T> value) {
        Step required = requiredArgument(key, value);
        return (directive, reader) -> {
            if (!directive.arguments().isEmpty() || directive.block().isEmpty()) {
                required.read(directive, reader);
            }
        };
    }

    /** Adds a check after each such block. */
    Block<O, P> checked(Step added) {
        return new Block<>(name, part, head, own, entries, added);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void read(Directive directive, DirectiveReader reader) {
        reader.given().meet(this, directive.name());
        head.read(directive, reader);
        reader.read(directive.inner(), entries);
        check.read(directive, reader);
    }

    /** Returns one row without a value if the block is absent. */
    @Override
    public Stream<Setting> settings(String path, O owner) {
        return part.apply(owner)
                .map(present -> Stream.concat(
                        argument().flatMap(key -> key.settings(path, present)),
                        entries.settings(path + name + " ", present)))
                .orElseGet(() -> Stream.of(Setting.of(path + name, Optional.empty())));
    }

    private Stream<Entry<P>> argument() {
        return own.filter(key -> !entries.contains(key)).stream();
    }

    @Override
    public Stream<Declared> declared(String path) {
        Optional<Declared> argument = own.flatMap(key -> key.declared(path).findFirst());
        return Stream.concat(
                Stream.of(new Declared(
                        path + name,
                        argument.flatMap(Declared::initial),
                        argument.map(Declared::needsRestart).orElse(false))),
                entries.declared(path + name + " "));
    }
}
