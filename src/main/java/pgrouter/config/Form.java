package pgrouter.config;

import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** The syntax of a directive: its arguments and its block. Immutable; any thread. */
interface Form<T> {
    /**
     * Reads one directive.
     *
     * @param before the value that earlier directives have given
     * @return the value after it; empty if the directive gives none, whose problem is reported then
     */
    Optional<T> read(Directive directive, DirectiveReader reader, Optional<T> before);

    /** Exactly one argument and no block; the last directive counts. */
    static <T> Form<T> one(Value<T> value) {
        return (directive, reader, before) -> {
            reader.withoutBlock(directive);
            return reader.only(directive, value);
        };
    }

    /**
     * Adds a form: a word, and a value after it.
     *
     * @param word which alone is an argument as any other
     */
    default Form<T> word(String word, Value<T> value) {
        return (directive, reader, before) -> {
            List<Token> arguments = directive.arguments();
            if (arguments.size() < 2 || !Values.isKeyword(arguments.get(0), word)) {
                return read(directive, reader, before);
            }
            reader.withoutBlock(directive);
            reader.atMost(2, directive);
            return reader.value(arguments.get(1), value);
        };
    }

    /** Adds a form: this word as the only argument. */
    default Form<T> bare(String word, T value) {
        return (directive, reader, before) -> {
            List<Token> arguments = directive.arguments();
            boolean alone = arguments.size() == 1 && directive.block().isEmpty();
            return alone && Values.isKeyword(arguments.get(0), word)
                    ? Optional.of(value)
                    : read(directive, reader, before);
        };
    }

    /** Combines the values of several directives. */
    default Form<T> joined(BinaryOperator<T> join) {
        return (directive, reader, before) -> read(directive, reader, before)
                .map(value -> before.map(earlier -> join.apply(earlier, value)).orElse(value));
    }
}
