package pgrouter.routing;

/**
 * The application's own choice of the route, in a comment before the statement: {@code /* pgrouter: writer *}{@code /}
 * or {@code /* pgrouter: reader *}{@code /}. Other comments may stand before it.
 */
final class Hint {
    private static final String NAME = "pgrouter";

    private final byte[] text;
    private final int end;
    private int position;

    private Hint(byte[] text, int start, int end) {
        this.text = text;
        this.position = start;
        this.end = end;
    }

    /** @return {@link Traits#HINT_WRITER}, {@link Traits#HINT_READER} or none */
    static long in(byte[] text, int start, int end) {
        int first = start;
        while (first < end && isBlank(text[first])) {
            first++;
        }
        boolean comment = first + 1 < end && text[first] == '/' && text[first + 1] == '*';
        return comment ? new Hint(text, first, end).inComments() : Traits.NONE;
    }

    private long inComments() {
        long found = Traits.NONE;
        while (found == Traits.NONE && accept("/*")) {
            found = words();
            skipToEndOfComment();
            skipBlanks();
        }
        return found;
    }

    private long words() {
        skipBlanks();
        if (!accept(NAME)) {
            return Traits.NONE;
        }
        skipBlanks();
        if (!accept(":")) {
            return Traits.NONE;
        }
        skipBlanks();
        long hint = accept("writer") ? Traits.HINT_WRITER : accept("reader") ? Traits.HINT_READER : Traits.NONE;
        skipBlanks();
        return position + 1 < end && text[position] == '*' && text[position + 1] == '/' ? hint : Traits.NONE;
    }

    private void skipToEndOfComment() {
        int depth = 1;
        while (position < end && depth > 0) {
            if (accept("*/")) {
                depth--;
            } else if (accept("/*")) {
                depth++;
            } else {
                position++;
            }
        }
    }

    private void skipBlanks() {
        while (position < end && isBlank(text[position])) {
            position++;
        }
    }

    /** Skips these characters if they are next, in any case. */
    private boolean accept(String word) {
        if (end - position < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (Vocabulary.lower(text[position + i]) != word.charAt(i)) {
                return false;
            }
        }
        position += word.length();
        return true;
    }

    private static boolean isBlank(byte letter) {
        return letter == ' ' || (letter >= '\t' && letter <= '\r');
    }
}
