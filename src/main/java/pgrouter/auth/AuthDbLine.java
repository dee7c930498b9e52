package pgrouter.auth;

import java.util.ArrayList;
import java.util.List;
import pgrouter.config.Escape;

/**
 * One line of an authdb file, as words. A word begins with anything but a quote or {@code #} and ends before the next
 * white space, or it stands in single or double quotes with the escapes of the configuration file. The class never
 * shows the text that it read, since any word may be a password.
 */
final class AuthDbLine {
    /** @param broken its own fault is reported already */
    record Word(String text, int column, boolean broken) {
        @Override
        public String toString() {
            return "Word[hidden]";
        }
    }

    private static final int NONE = Escape.NONE;

    private final int number;
    private final String text;
    private final AuthDbProblems problems;
    private final List<Word> words = new ArrayList<>();
    private int position;
    private int column = 1;

    AuthDbLine(int number, String text, AuthDbProblems problems) {
        this.number = number;
        this.text = text;
        this.problems = problems;
        scan();
    }

    /** Writes a word so that it is read back as the same. */
    static String word(String text) {
        boolean bare = !text.isEmpty()
                && "\"'#\uFEFF".indexOf(text.charAt(0)) < 0
                && text.chars().noneMatch(AuthDbLine::isSpace);
        return bare ? text : '"' + Escape.escaped(text) + '"';
    }

    int number() {
        return number;
    }

    List<Word> words() {
        return words;
    }

    /** The column at which the line ends, or its comment begins. */
    int endColumn() {
        return column;
    }

    private void scan() {
        skipSpace();
        while (peek() != NONE && peek() != '#') {
            if (peek() == '"' || peek() == '\'') {
                string();
            } else {
                words.add(bareword());
            }
            skipSpace();
        }
    }

    private Word bareword() {
        int start = column;
        StringBuilder word = new StringBuilder();
        while (peek() != NONE && !isSpace(peek())) {
            word.appendCodePoint(advance());
        }
        return new Word(word.toString(), start, false);
    }

    private void string() {
        int start = column;
        int quote = advance();
        boolean whole = true;
        StringBuilder word = new StringBuilder();
        while (peek() != NONE && peek() != quote) {
            int character = character();
            whole &= character != NONE;
            word.appendCodePoint(Math.max(character, 0));
        }
        whole &= closed(quote, start);
        words.add(new Word(word.toString(), start, !whole));
    }

    private int character() {
        int escapeColumn = column;
        int character = advance();
        if (character != '\\' || peek() == NONE) {
            return character;
        }
        int escaped = Escape.of(advance());
        if (escaped == NONE) {
            problems.expected(number, escapeColumn, "one of " + Escape.ALL + " in a string", "another escape");
        }
        return escaped;
    }

    private boolean closed(int quote, int start) {
        if (peek() == NONE) {
            problems.expected(number, start, "a closing " + Character.toString(quote), "end of line");
            return false;
        }
        advance();
        if (peek() != NONE && !isSpace(peek()) && peek() != '#') {
            problems.expected(number, column, "a space after a string", "another character");
            bareword();
            return false;
        }
        return true;
    }

    private void skipSpace() {
        while (isSpace(peek())) {
            advance();
        }
    }

    private static boolean isSpace(int character) {
        return character == ' ' || (character >= '\t' && character <= '\r');
    }

    private int peek() {
        return position < text.length() ? text.codePointAt(position) : NONE;
    }

    private int advance() {
        int character = text.codePointAt(position);
        position += Character.charCount(character);
        column++;
        return character;
    }
}
