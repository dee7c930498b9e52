package pgrouter.routing;

/** Finds the end of strings, in single quotes and between dollars, as {@code scan.l} does. */
final class Literals {
    /** Returned where no {@code $tag$} begins. */
    static final int NO_TAG = -1;

    private Literals() {}

    /**
     * @param start of the opening quote
     * @param escapes whether a backslash escapes the next byte: such a string goes on in a literal after a line break
     * @return where the text goes on after the closing quote
     */
    static int skipString(byte[] text, int start, int end, boolean escapes) {
        int at = start;
        int next = start;
        while (next >= 0) {
            at = skipToQuote(text, next + 1, end, escapes);
            next = escapes ? continuation(text, at, end) : -1;
        }
        return at;
    }

    private static int skipToQuote(byte[] text, int start, int end, boolean escapes) {
        int at = start;
        while (at < end) {
            byte letter = text[at++];
            if (letter == '\\' && escapes) {
                at = Math.min(at + 1, end);
            } else if (letter == '\'') {
                if (at >= end || text[at] != '\'') {
                    return at;
                }
                at++;
            }
        }
        return at;
    }

    /**
     * SQL joins two literals with a line break between them. The second one has the first one's escapes.
     *
     * @return the opening quote of the second one, or -1 where there is none
     */
    private static int continuation(byte[] text, int start, int end) {
        int at = start;
        boolean lineBreak = false;
        while (at < end) {
            if (Letters.isSpace(text[at])) {
                lineBreak |= Letters.isLineBreak(text[at]);
                at++;
            } else if (Whitespace.isLineComment(text, at, end)) {
                at = Whitespace.skipLine(text, at, end);
            } else {
                return lineBreak && text[at] == '\'' ? at : -1;
            }
        }
        return -1;
    }

    /**
     * @param start of a dollar
     * @return where the {@code $tag$} that it begins ends, or {@link #NO_TAG}
     */
    static int skipTag(byte[] text, int start, int end) {
        int at = start + 1;
        while (at < end && text[at] != '$' && Letters.isIdentifierPart(text[at])) {
            at++;
        }
        return at < end && text[at] == '$' ? at + 1 : NO_TAG;
    }

    /**
     * @param start of the opening tag, which ends at {@code endOfTag}
     * @return where the text goes on after the closing tag
     */
    static int skipDollarString(byte[] text, int start, int endOfTag, int end) {
        int length = endOfTag - start;
        int at = endOfTag;
        while (at < end) {
            if (text[at] == '$' && isTag(text, at, end, start, length)) {
                return at + length;
            }
            at++;
        }
        return at;
    }

    /**
     * Whether the tag is here. The scan stays linear: a tag holds no second dollar, so that two attempts never compare
     * the same byte.
     */
    private static boolean isTag(byte[] text, int at, int end, int tag, int length) {
        if (end - at < length) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (text[at + i] != text[tag + i]) {
                return false;
            }
        }
        return true;
    }
}
