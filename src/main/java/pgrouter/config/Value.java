package pgrouter.config;

import java.util.function.Function;

/**
 * A kind of value, with how it is read and how it is written. A string in quotes is text, never a number or a keyword.
 *
 * @param what how a problem names it
 * @param writer writes a value as it could stand in the file
 */
record Value<T>(String what, Reader<T> reader, Function<? super T, String> writer) {
    /** Turns a token into a value. */
    interface Reader<T> {
        T read(Token token, Source source) throws Unexpected;
    }

    /** Turns a token into a value that does not depend on the file. */
    interface TokenReader<T> {
        T read(Token token) throws Unexpected;
    }

    /** Says that the token is no such value, and what would be one. */
    static final class Unexpected extends Exception {
        private static final long serialVersionUID = 1L;

        Unexpected(String what) {
            super(what, null, false, false);
        }
    }

    static <T> Value<T> of(String what, TokenReader<T> reader, Function<? super T, String> writer) {
        return new Value<>(what, (token, source) -> reader.read(token), writer);
    }

    /** A kind of value whose {@code toString} is what could stand in the file. */
    static <T> Value<T> of(String what, TokenReader<T> reader) {
        return of(what, reader, Object::toString);
    }

    /** The same text, read into another type. */
    <R> Value<R> map(Function<T, R> mapping) {
        return new Value<>(what, (token, source) -> mapping.apply(reader.read(token, source)), Object::toString);
    }

    /** The same value together with its token. */
    Value<Placed<T>> placed() {
        return new Value<>(what, (token, source) -> new Placed<>(reader.read(token, source), token), Object::toString);
    }

    /** A value and its token, for a problem that is found later. */
    record Placed<T>(T value, Token token) {}
}
