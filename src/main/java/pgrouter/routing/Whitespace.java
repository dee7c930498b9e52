package pgrouter.routing;

/** Finds the end of whitespace between tokens: blanks and comments ({@code whitespace} in {@code scan.l}). */
final class Whitespace {
    private Whitespace() {}

    /** @return where the next token begins, or the end of the text */
    static int skip(byte[] text, int start, int end) {
        int at = start;
        while (at < end) {
            if (Letters.isSpace(text[at])) {
                at++;
            } else if (isLineComment(text, at, end)) {
                at = skipLine(text, at, end);
            } else if (isPair(text, at, end, '/', '*')) {
                at = skipBlockComment(text, at, end);
            } else {
                return at;
            }
        }
        return at;
    }

    static boolean isLineComment(byte[] text, int at, int end) {
        return isPair(text, at, end, '-', '-');
    }

    /** @return where the line ends: before its line break */
    static int skipLine(byte[] text, int start, int end) {
        int at = start;
        while (at < end && !Letters.isLineBreak(text[at])) {
            at++;
        }
        return at;
    }

    /** Skips a block comment; they nest. */
    private static int skipBlockComment(byte[] text, int start, int end) {
        int depth = 0;
        int at = start;
        while (at < end) {
            if (isPair(text, at, end, '/', '*')) {
                depth++;
                at += 2;
            } else if (isPair(text, at, end, '*', '/')) {
                depth--;
                at += 2;
                if (depth == 0) {
                    return at;
                }
            } else {
                at++;
            }
        }
        return at;
    }

    private static boolean isPair(byte[] text, int at, int end, char first, char second) {
        return at + 1 < end && text[at] == first && text[at + 1] == second;
    }
}
