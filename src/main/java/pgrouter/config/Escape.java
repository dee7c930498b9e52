package pgrouter.config;

/** What a letter behind a backslash stands for in a quoted string, here and in the authdb. */
public final class Escape {
    /** All of them, for messages. */
    public static final String ALL = "\\t \\r \\n \\\\ \\' \\\"";

    /** Behind a backslash this letter means nothing. */
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

    /** The text as it stands between double quotes. */
    public static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\"", "\\\"");
    }
}
