package pgrouter.config;

import java.util.ArrayList;
import java.util.List;
import pgrouter.config.Token.Kind;

/**
 * Turns characters into tokens. Words are made of letters, digits and {@code _-+/:.,!*}, and of an IPv6 address in brackets; strings
 * stand in single or double quotes and end on the line on which they begin, so that a forgotten quote spoils one line only.
 */
final class Lexer {
    private static final int NONE = Escape.NONE;

    private final String text;
    private final Problems problems;
    private final Secrecy secrecy = new Secrecy();
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int column = 1;
    private int startLine;
    private int startColumn;

    Lexer(String text, Problems problems) {
        this.text = text;
        this.problems = problems;
    }

    /** Returns all tokens of the file; the last one is its end. */
    List<Token> tokens() {
        skipByteOrderMark();
        while (peek() != NONE) {
            scan();
        }
        start();
        emit(Kind.END, "", false);
        return List.copyOf(tokens);
    }

    private void skipByteOrderMark() {
        if (peek() == '\uFEFF') {
            position++;
        }
    }

    private void scan() {
        start();
        switch (peek()) {
            case ' ', '\t', '\r', '\f', '\u000B' -> advance();
            case '\n' -> mark(Kind.NEWLINE);
            case '{' -> mark(Kind.OPEN);
            case '}' -> mark(Kind.CLOSE);
            case ';' -> mark(Kind.SEMICOLON);
            case '#' -> skipComment();
            case '"', '\'' -> string(advance());
            default -> word();
        }
    }

    private void skipComment() {
        while (!atLineEnd()) {
            advance();
        }
    }

    private void mark(Kind kind) {
        emit(kind, Character.toString(advance()), false);
    }

    private void word() {
        int begin = position;
        int bad = NONE;
        int badColumn = NONE;
        boolean bracketed = peek() == '[';
        while (!endsWord(peek())) {
            int at = column;
            int character = advance();
            if (bad == NONE && !inWord(character, bracketed)) {
                bad = character;
                badColumn = at;
            }
        }
        Token word = emit(Kind.WORD, text.substring(begin, position), bad != NONE);
        if (bad != NONE) {
            unquoted(bad, badColumn, word);
        }
    }

    private void unquoted(int bad, int badColumn, Token word) {
        String found = word.secret() ? "another character" : "`" + Printable.one(bad) + "`";
        problems.at(
                startLine,
                badColumn,
                "expected quotes around a word with more than A-Z a-z 0-9 _-+/:.,!*, found " + found);
    }

    private void string(int quote) {
        StringBuilder value = new StringBuilder();
        boolean whole = true;
        while (!atLineEnd() && peek() != quote) {
            int escapeColumn = column;
            int character = advance();
            if (character == '\\' && !atLineEnd()) {
                character = Escape.of(advance());
                whole &= character != NONE;
                reportEscape(character, escapeColumn);
            }
            value.appendCodePoint(Math.max(character, 0));
        }
        whole &= closed(quote);
        emit(Kind.STRING, value.toString(), !whole);
    }

    /** Reports a character without showing it, as it may belong to a password. */
    private void reportEscape(int character, int escapeColumn) {
        if (character == NONE) {
            problems.at(line, escapeColumn, "expected one of " + Escape.ALL + " in a string, found another escape");
        }
    }

    private boolean closed(int quote) {
        if (peek() == quote) {
            advance();
            return true;
        }
        String found = peek() == NONE ? "end of file" : "end of line";
        problems.at(startLine, startColumn, "expected a closing " + Character.toString(quote) + ", found " + found);
        return false;
    }

    private boolean atLineEnd() {
        return peek() == NONE || peek() == '\n';
    }

    private static boolean endsWord(int character) {
        return character == NONE || " \t\r\f\u000B\n{};#\"'".indexOf(character) >= 0;
    }

    private static boolean inWord(int character, boolean bracketed) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || "_-+/:.,!*".indexOf(character) >= 0
                || (bracketed && "[]%".indexOf(character) >= 0);
    }

    private void start() {
        startLine = line;
        startColumn = column;
    }

    private Token emit(Kind kind, String value, boolean broken) {
        boolean secret = secrecy.hides(kind, value);
        Token token = new Token(kind, value, startLine, startColumn, secret, broken);
        tokens.add(token);
        return token;
    }

    private int peek() {
        return position < text.length() ? text.codePointAt(position) : NONE;
    }

    private int advance() {
        int character = text.codePointAt(position);
        position += Character.charCount(character);
        if (character == '\n') {
            line++;
            column = 1;
        } else {
            column++;
        }
        return character;
    }
}
