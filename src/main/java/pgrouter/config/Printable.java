package pgrouter.config;

/** Makes text from a file fit for a message: one line, no control characters, of limited length. */
public final class Printable {
    private Printable() {}

    /** Returns the first so many characters. */
    public static String of(String text, int limit) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(limit).forEach(character -> shown.append(one(character)));
        return text.codePointCount(0, text.length()) > limit ? shown + "..." : shown.toString();
    }

    /** Returns the character, or a form such as {@code U+00A0} for one that is invisible. */
    static String one(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> code(character);
            case Character.SPACE_SEPARATOR -> character == ' ' ? " " : code(character);
            default -> Character.toString(character);
        };
    }

    private static String code(int character) {
        return "U+%04X".formatted(character);
    }
}
