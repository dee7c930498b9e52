package pgrouter.routing;

/**
 * Classes of letters, as PostgreSQL's lexer has them ({@code src/backend/parser/scan.l}): bytes of any encoding that
 * contains ASCII.
 */
final class Letters {
    /** By letter: the letter that it becomes in a name without quotes, or 0 where it cannot be a part of one. */
    private static final byte[] FOLDED = folded();

    private Letters() {}

    static boolean isSpace(byte letter) {
        return letter == ' ' || (letter >= '\t' && letter <= '\r');
    }

    static boolean isLineBreak(byte letter) {
        return letter == '\n' || letter == '\r';
    }

    static boolean isDigit(byte letter) {
        return letter >= '0' && letter <= '9';
    }

    /** Every byte of a multi-byte character can begin a name. */
    static boolean isIdentifierStart(byte letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' || letter < 0;
    }

    static boolean isIdentifierPart(byte letter) {
        return FOLDED[letter & 0xff] != 0;
    }

    /** Folds a part of a name: A to Z to lower case. */
    static byte fold(byte part) {
        return FOLDED[part & 0xff];
    }

    private static byte[] folded() {
        byte[] folded = new byte[256];
        for (int letter = 0; letter < folded.length; letter++) {
            byte code = (byte) letter;
            boolean part = isIdentifierStart(code) || isDigit(code) || code == '$';
            folded[letter] = part ? (byte) Vocabulary.lower(code) : 0;
        }
        return folded;
    }
}
