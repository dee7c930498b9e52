package pgrouter.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A directive that sets one value.
 *
 * @param <O> the part of the configuration that holds the value
 * @param <T> the value as it is read
 */
final class Key<O, T> implements Entry<O> {
    private final String name;
    private final Form<T> form;
    private final Optional<T> initial;
    private final Rows<O> rows;
    private final Entries<?> block;

    /** Shows the value. */
    interface Rows<O> {
        /** @param directive the name with those of the blocks around it */
        Stream<Setting> of(String directive, O owner);
    }

    /** @param initial the default; empty if there is none */
    Key(String name, Form<T> form, Optional<T> initial, Rows<O> rows) {
        this(name, form, initial, rows, Entries.of());
    }

    private Key(String name, Form<T> form, Optional<T> initial, Rows<O> rows, Entries<?> block) {
        this.name = name;
        this.form = form;
        this.initial = initial;
        this.rows = rows;
        this.block = block;
    }

    /** A directive with one value and a default. */
    static <O, T> Key<O, T> of(String name, Value<T> value, T initial, Function<O, T> part) {
        return new Key<>(name, Form.one(value), Optional.of(initial), (directive, owner) -> {
            T current = part.apply(owner);
            return Stream.of(
                    Setting.of(directive, current, Optional.of(value.writer().apply(current))));
        });
    }

    /** A directive with one value and no default. */
    static <O, T> Key<O, T> of(String name, Value<T> value, Function<O, Optional<T>> part) {
        return new Key<>(name, Form.one(value), Optional.empty(), (directive, owner) -> {
            Optional<T> current = part.apply(owner);
            return Stream.of(Setting.of(directive, current, current.map(value.writer())));
        });
    }

    /** Adds the directives that its form reads in a block. */
    Key<O, T> with(Entries<?> inner) {
        return new Key<>(name, form, initial, rows, inner);
    }

    @Override
    public String name() {
        return name;
    }

    Optional<T> initial() {
        return initial;
    }

    @Override
    public void read(Directive directive, DirectiveReader reader) {
        Given given = reader.given();
        given.meet(this, directive.name());
        form.read(directive, reader, given.find(this)).ifPresent(value -> given.put(this, value));
    }

    @Override
    public Stream<Setting> settings(String path, O owner) {
        return rows.of(path + name, owner);
    }

    @Override
    public Stream<Declared> declared(String path) {
        return Stream.concat(Stream.of(new Declared(path + name, initial, false)), block.declared(path + name + " "));
    }
}
