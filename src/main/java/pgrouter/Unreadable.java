package pgrouter;

/**
 * Text that Java could not read: its encoding is not that of the locale, and it has lost what distinguished it from
 * other text.
 */
final class Unreadable {
    static final String REASON =
            "has a character that this locale does not know: set LC_ALL to one with UTF-8, as C.UTF-8";

    private static final char REPLACEMENT = '\uFFFD';

    private Unreadable() {}

    static boolean isIn(String text) {
        return text.indexOf(REPLACEMENT) >= 0;
    }
}
