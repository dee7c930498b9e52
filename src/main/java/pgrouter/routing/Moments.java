package pgrouter.routing;

/** Finds the words of a string that PostgreSQL reads as a moment of the clock where the string becomes a date or time. */
final class Moments {
    /** The length, with its quotes, beyond which datetime.c takes no string: {@code MAXDATELEN} and the fields. */
    private static final int LONGEST = 160;

    private Moments() {}

    /** Whether the STRING just read has one of these words; it need not become a date. */
    static boolean isIn(Tokens string) {
        int end = string.position();
        return end - string.start() <= LONGEST && isIn(string.text(), string.start(), end);
    }

    private static boolean isIn(byte[] text, int start, int end) {
        int word = start;
        for (int at = start; at < end; at++) {
            if (!isLetter(text[at])) {
                if (at - word >= 3 && isMoment(text, word, at)) {
                    return true;
                }
                word = at + 1;
            }
        }
        return false;
    }

    private static boolean isLetter(byte letter) {
        int lower = Vocabulary.lower(letter);
        return lower >= 'a' && lower <= 'z';
    }

    private static boolean isMoment(byte[] text, int start, int end) {
        return switch (end - start) {
            case 3 -> Vocabulary.equals("now", text, start, end);
            case 5 -> Vocabulary.equals("today", text, start, end);
            case 8 -> Vocabulary.equals("tomorrow", text, start, end);
            case 9 -> Vocabulary.equals("yesterday", text, start, end);
            default -> false;
        };
    }
}
