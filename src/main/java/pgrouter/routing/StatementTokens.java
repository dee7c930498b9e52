package pgrouter.routing;

import pgrouter.routing.Tokens.Kind;

/**
 * The tokens of a text. All parts of a scan read them together, once from beginning to end. Each token goes into the
 * fingerprint of the text. An instance belongs to one scanner.
 */
final class StatementTokens {
    /** The code of any string, number or parameter in a fingerprint. */
    private static final int LITERAL = 1;

    private final Tokens tokens = new Tokens();
    private final ListFolding fingerprint = new ListFolding();

    void reset(byte[] text, int start, int end, boolean backslashEscapes) {
        tokens.reset(text, start, end, backslashEscapes);
        fingerprint.reset();
    }

    Kind next() {
        Kind kind = tokens.next();
        switch (kind) {
            case WORD, QUOTED, UNCLEAR -> fingerprint.add(tokens.hash());
            case STRING, NUMBER -> fingerprint.add(LITERAL);
            case SYMBOL -> fingerprint.addSymbol(tokens.symbol());
            case END -> {}
        }
        return kind;
    }

    /**
     * The fingerprint of the tokens so far without their literals: equal for texts that differ in those only, and in how
     * many of them a list has.
     */
    long fingerprint() {
        return fingerprint.hash();
    }

    /** The token just read, for callers that look at its spelling or ahead of it. */
    Tokens current() {
        return tokens;
    }

    /** The meaning of the token just read, with or without quotes. */
    Word word(Kind kind) {
        return isName(kind) ? tokens.word(kind) : Word.OTHER;
    }

    /** The same where only a word without quotes counts. */
    Word keyword(Kind kind) {
        return kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
    }

    /** The name that the token just read stands for, as the server folds it. */
    String name(Kind kind) {
        return tokens.name(kind);
    }

    /** Whether the token just read is this keyword, which is given in lower case. */
    boolean isKeyword(Kind kind, String keyword) {
        return kind == Kind.WORD && tokens.isWord(keyword);
    }

    boolean isSymbol(Kind kind, char symbol) {
        return kind == Kind.SYMBOL && tokens.symbol() == symbol;
    }

    /** Whether the statement ends with the token just read. */
    boolean isEnd(Kind kind) {
        return kind == Kind.END || isSymbol(kind, ';');
    }

    static boolean isName(Kind kind) {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }
}
