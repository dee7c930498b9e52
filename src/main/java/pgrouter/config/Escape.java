package pgrouter.config;

/** The escapes with a backslash in a quoted string, here and in the authdb. */
public final class Escape {
    /** All escapes, for messages. */
    public static final String ALL = "\\t \\r \\n \\\\ \\' \\\"";

    /** Says that a letter after a backslash is no escape. */
    public static final int NONE = -1;

    private Escape() {}

    /** @return the character, or {@link #NONE} */
    public static int of(int letter) {
        return switch (letter) {
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'n' -> '\n';
            case '\\', '\'', '"' -> letter;
            default -> NONE;
        };
    }

    /** Returns the text as it is written between double quotes. */
    public static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\"", "\\\"");
    }
}
