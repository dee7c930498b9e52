package pgrouter.session;

import java.util.Arrays;
import pgrouter.protocol.FrontendMessage;

/**
 * A prepared statement of the extended protocol: its name, the Parse message that makes it on any pipe, and what its text shows.
 * Immutable; nobody changes the array.
 */
final class Statement {
    static final String UNNAMED = "";
    private static final byte[] NOT_KEPT = {};

    private final String name;
    private final byte[] parse;
    private final int traits;

    Statement(String name, byte[] parse, int traits) {
        this.name = name;
        this.parse = parse;
        this.traits = traits;
    }

    /** A statement whose Parse is too large to keep: only the pipe that has it knows it. */
    static Statement notKept(String name, int traits) {
        return new Statement(name, NOT_KEPT, traits);
    }

    /** Only the name: for a Close. */
    static Statement named(String name) {
        return new Statement(name, NOT_KEPT, 0);
    }

    String name() {
        return name;
    }

    byte[] parse() {
        return parse;
    }

    /** A Query message of its text: its name ends at the first zero byte, its text at the second. */
    byte[] asQuery() {
        int text = 5;
        while (text < parse.length && parse[text++] != 0) {
            // Over the name.
        }
        int end = text;
        while (end < parse.length && parse[end++] != 0) {
            // Over the text.
        }
        return FrontendMessage.query(parse, text, end);
    }

    /** Whether it can be parsed again, on another pipe. */
    boolean isKept() {
        return parse.length > 0;
    }

    int traits() {
        return traits;
    }

    /** Whether the same Parse made both. */
    boolean isSame(Statement other) {
        return this == other || Arrays.equals(parse, other.parse);
    }
}
