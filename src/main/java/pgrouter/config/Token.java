package pgrouter.config;

/**
 * A word, string or mark of the configuration file, with the place where it starts.
 *
 * @param secret may hold a password: its text is never shown
 * @param broken has a reported problem, which all others follow from
 */
record Token(Kind kind, String text, int line, int column, boolean secret, boolean broken) {
    enum Kind {
        WORD,
        STRING,
        OPEN,
        CLOSE,
        SEMICOLON,
        NEWLINE,
        END
    }

    /** Longer texts are cut: a problem is one line. */
    private static final int SHOWN = 60;

    boolean is(Kind other) {
        return kind == other;
    }

    /** Returns whether it is a value or the name of a directive, not a mark. */
    boolean hasText() {
        return kind == Kind.WORD || kind == Kind.STRING;
    }

    /** Returns the text for "found" in a problem. */
    String described() {
        return switch (kind) {
            case WORD -> secret ? "a hidden word" : "`" + Printable.of(text, SHOWN) + "`";
            case STRING -> secret ? "a hidden string" : "the string \"" + Printable.of(text, SHOWN) + "\"";
            case OPEN, CLOSE, SEMICOLON -> "`" + text + "`";
            case NEWLINE -> "end of line";
            case END -> "end of file";
        };
    }

    @Override
    public String toString() {
        return line + ":" + column + " " + described();
    }
}
