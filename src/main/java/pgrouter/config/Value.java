package pgrouter.config;

/**
 * A kind of value that a directive takes.
 *
 * @param what how a problem names it
 */
record Value<T>(String what, Reader<T> reader) {
    /** Turns the text of a token into a value. */
    interface Reader<T> {
        T read(Token token) throws Unexpected;
    }

    /** The token is no such value; says what would be one. */
    static final class Unexpected extends Exception {
        Unexpected(String what) {
            super(what, null, false, false);
        }
    }
}
