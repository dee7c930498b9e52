package pgrouter.routing;

import java.nio.charset.StandardCharsets;

/**
 * Cuts SQL text into tokens as PostgreSQL's lexer does ({@code src/backend/parser/scan.l}), as far as a route depends on it: where
 * comments, strings and identifiers begin and end. One pass, without allocation; used by one thread at a time. Text that ends
 * inside a string or comment ends the tokens: PostgreSQL refuses it as a whole.
 */
final class Tokens {
    enum Kind {
        END,
        /** A keyword or a name without quotes. */
        WORD,
        /** A name between double quotes. */
        QUOTED,
        STRING,
        NUMBER,
        /** One character that stands for itself; see {@link Tokens#symbol()}. */
        SYMBOL,
        /** Something whose meaning needs more than a lexer: a name with Unicode escapes. */
        UNCLEAR
    }

    /** What an operator is made of ({@code op_chars} in scan.l). */
    private static final String OPERATOR = "~!@#^&|`?+-*/%<>=";

    /** The server takes so many bytes of a name, in whole characters ({@code NAMEDATALEN} less one). */
    private static final int LONGEST_NAME = 63;

    /** By letter: what it becomes in a name without quotes, or 0 where it cannot be a part of one. */
    private static final byte[] FOLDED = foldedLetters();

    private byte[] text;
    private int end;
    private int position;
    private boolean backslashEscapes;

    private int tokenStart;
    private int tokenEnd;
    private int hash;

    /** @param backslashEscapes whether {@code '...'} knows backslash escapes, as with standard_conforming_strings off */
    void reset(byte[] text, int start, int end, boolean backslashEscapes) {
        this.text = text;
        this.position = start;
        this.end = end;
        this.backslashEscapes = backslashEscapes;
    }

    /** Whether the WORD or QUOTED token just read is one of these names. */
    boolean isIn(FunctionNames names, Kind kind) {
        return names.has(text, tokenStart, tokenEnd, hash, kind == Kind.WORD);
    }

    /** Whether the token just read is this word, of which the letters are in lower case. */
    boolean isWord(String word) {
        return Vocabulary.equals(word, text, tokenStart, position);
    }

    /** What the WORD or QUOTED token just read means. */
    Word word(Kind kind) {
        Word word = Vocabulary.lookup(text, tokenStart, tokenEnd, hash, kind == Kind.WORD);
        return kind == Kind.WORD || word.isName() ? word : Word.OTHER;
    }

    /** The hash of the WORD or QUOTED token just read, in lower case for a WORD. */
    int hash() {
        return hash;
    }

    /** The name that a WORD or QUOTED token stands for, as the server folds it. */
    String name(Kind kind) {
        String name = new String(text, tokenStart, tokenEnd - tokenStart, StandardCharsets.ISO_8859_1);
        return kind == Kind.WORD ? lowerCase(name) : name.replace("\"\"", "\"");
    }

    /** The same name, as the catalog has it, of a text in UTF-8. */
    String text(Kind kind) {
        String name = new String(text, tokenStart, tokenEnd - tokenStart, StandardCharsets.UTF_8);
        return kind == Kind.WORD ? lowerCase(name) : name.replace("\"\"", "\"");
    }

    /** Only A to Z: what other letters become depends on the server's encoding. */
    static String lowerCase(String name) {
        char[] folded = name.toCharArray();
        for (int i = 0; i < folded.length; i++) {
            folded[i] = (char) Vocabulary.lower(folded[i]);
        }
        return new String(folded);
    }

    /** The content of a plain {@code '...'} that was just read; null where it has escapes or is of another kind. */
    String plainString() {
        if (text[tokenStart] != '\'' || position - tokenStart < 2) {
            return null;
        }
        String content = new String(text, tokenStart + 1, position - tokenStart - 2, StandardCharsets.ISO_8859_1);
        return content.indexOf('\'') < 0 && content.indexOf('\\') < 0 ? content : null;
    }

    /** The letters of the token just read, in lower case. */
    String spelling() {
        return lowerCase(new String(text, tokenStart, position - tokenStart, StandardCharsets.ISO_8859_1));
    }

    /** Where the token just read begins. */
    int start() {
        return tokenStart;
    }

    /** What is behind the token just read begins here. */
    int position() {
        return position;
    }

    int end() {
        return end;
    }

    byte[] text() {
        return text;
    }

    boolean hasBackslashEscapes() {
        return backslashEscapes;
    }

    /** The SYMBOL just read. */
    byte symbol() {
        return text[tokenStart];
    }

    /** The operator characters from the SYMBOL just read on, without a blank in between; empty where it is not one of them. */
    String operatorCharacters() {
        int last = tokenStart;
        while (last < end && OPERATOR.indexOf(text[last]) >= 0) {
            last++;
        }
        return new String(text, tokenStart, last - tokenStart, StandardCharsets.ISO_8859_1);
    }

    /** Whether the next token is an opening parenthesis; the position stays. */
    boolean beforeParenthesis() {
        return isBefore('(');
    }

    /** Whether the next token is this symbol; the position stays. */
    boolean isBefore(char symbol) {
        int here = position;
        int start = tokenStart;
        skipBlanks();
        boolean found = position < end && text[position] == symbol;
        position = here;
        tokenStart = start;
        return found;
    }

    Kind next() {
        skipBlanks();
        tokenStart = position;
        if (position >= end) {
            return Kind.END;
        }
        byte first = text[position];
        if (isIdentifierStart(first)) {
            return wordOrPrefixedString();
        }
        return switch (first) {
            case '\'' -> string(backslashEscapes);
            case '"' -> quoted(Kind.QUOTED);
            case '$' -> dollar();
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> symbolAt();
        };
    }

    private Kind symbolAt() {
        position++;
        return Kind.SYMBOL;
    }

    /** Digits only: what follows them, such as an exponent, is a word of its own and harmless as that. */
    private Kind number() {
        while (position < end && isDigit(text[position])) {
            position++;
        }
        return Kind.NUMBER;
    }

    private Kind wordOrPrefixedString() {
        int value = Vocabulary.EMPTY_HASH;
        int at = position;
        while (at < end && isIdentifierPart(text[at])) {
            value = Vocabulary.hash(value, FOLDED[text[at] & 0xff]);
            at++;
        }
        hash = value;
        position = at;
        tokenEnd = at;
        if (position < end && tokenEnd - tokenStart == 1) {
            return prefixed(Vocabulary.lower(text[tokenStart]));
        }
        if (tokenEnd - tokenStart > LONGEST_NAME) {
            tokenEnd = clipped(LONGEST_NAME);
            hash = hashOfName(true);
        }
        return Kind.WORD;
    }

    /** Where the first characters of the token end that have so many bytes at most, in UTF-8. */
    private int clipped(int bytes) {
        int last = tokenStart + bytes;
        while (last > tokenStart && (text[last] & 0xc0) == 0x80) {
            last--;
        }
        return last;
    }

    private int hashOfName(boolean fold) {
        int value = Vocabulary.EMPTY_HASH;
        for (int i = tokenStart; i < tokenEnd; i++) {
            value = Vocabulary.hash(value, fold ? Vocabulary.lower(text[i]) : text[i]);
            i += !fold && text[i] == '"' ? 1 : 0;
        }
        return value;
    }

    /** A single letter may be the prefix of a string: E'', B'', X'', N'', U&'' and U&"". */
    private Kind prefixed(int prefix) {
        byte next = text[position];
        if (next == '\'') {
            return switch (prefix) {
                case 'e' -> string(true);
                case 'b', 'x' -> string(false);
                case 'n' -> string(backslashEscapes);
                default -> Kind.WORD;
            };
        }
        if (prefix == 'u' && next == '&' && position + 1 < end) {
            return unicode(text[position + 1]);
        }
        return Kind.WORD;
    }

    private Kind unicode(byte quote) {
        if (quote == '\'') {
            position++;
            return string(false);
        }
        if (quote == '"') {
            position++;
            return quoted(Kind.UNCLEAR);
        }
        return Kind.WORD;
    }

    /** From the opening quote to behind the closing one; an E'' string goes on in a literal behind a line break. */
    private Kind string(boolean escapes) {
        do {
            position++;
            skipToQuote(escapes);
        } while (escapes && continues());
        return Kind.STRING;
    }

    private void skipToQuote(boolean escapes) {
        while (position < end) {
            byte letter = text[position++];
            if (letter == '\\' && escapes) {
                position = Math.min(position + 1, end);
            } else if (letter == '\'') {
                if (position < end && text[position] == '\'') {
                    position++;
                } else {
                    return;
                }
            }
        }
    }

    /** SQL joins two literals with a line break between them; the second one has the first one's escapes. */
    private boolean continues() {
        int here = position;
        boolean lineBreak = false;
        while (position < end && (isSpace(text[position]) || isLineComment())) {
            if (isLineComment()) {
                skipLine();
            } else {
                lineBreak |= isLineBreak(text[position++]);
            }
        }
        if (lineBreak && position < end && text[position] == '\'') {
            return true;
        }
        position = here;
        return false;
    }

    private Kind quoted(Kind kind) {
        tokenStart = position + 1;
        int value = Vocabulary.EMPTY_HASH;
        int at = tokenStart;
        while (at < end) {
            byte letter = text[at];
            if (letter == '"' && !(at + 1 < end && text[at + 1] == '"')) {
                break;
            }
            at += letter == '"' ? 2 : 1;
            value = Vocabulary.hash(value, letter);
        }
        hash = value;
        tokenEnd = Math.min(at, end);
        position = Math.min(at + 1, end);
        if (tokenEnd - tokenStart > LONGEST_NAME) {
            clipQuoted();
        }
        return kind;
    }

    /** Two quotes are one byte of the name. */
    private void clipQuoted() {
        int doubled = 0;
        for (int i = tokenStart; i < tokenEnd && i - tokenStart - doubled < LONGEST_NAME; i++) {
            if (text[i] == '"') {
                doubled++;
                i++;
            }
        }
        if (tokenEnd - tokenStart - doubled > LONGEST_NAME) {
            tokenEnd = clipped(LONGEST_NAME + doubled);
            hash = hashOfName(false);
        }
    }

    /** A parameter such as {@code $1}, or a string between two equal {@code $tag$}. */
    private Kind dollar() {
        int tagEnd = position + 1;
        if (tagEnd < end && isDigit(text[tagEnd])) {
            position++;
            return number();
        }
        while (tagEnd < end && text[tagEnd] != '$' && isIdentifierPart(text[tagEnd])) {
            tagEnd++;
        }
        if (tagEnd >= end || text[tagEnd] != '$') {
            return symbolAt();
        }
        skipDollarString(position, tagEnd + 1);
        return Kind.STRING;
    }

    private void skipDollarString(int tagStart, int tagEnd) {
        int length = tagEnd - tagStart;
        position = tagEnd;
        while (position < end) {
            if (text[position] == '$' && matchesTag(tagStart, length)) {
                position += length;
                return;
            }
            position++;
        }
    }

    /** Linear all the same: a tag holds no second dollar, so that two attempts never compare the same byte. */
    private boolean matchesTag(int tagStart, int length) {
        if (end - position < length) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (text[position + i] != text[tagStart + i]) {
                return false;
            }
        }
        return true;
    }

    private void skipBlanks() {
        while (position < end) {
            if (isSpace(text[position])) {
                position++;
            } else if (isLineComment()) {
                skipLine();
            } else if (at('/', '*')) {
                skipBlockComment();
            } else {
                return;
            }
        }
    }

    private boolean isLineComment() {
        return at('-', '-');
    }

    private boolean at(char first, char second) {
        return position + 1 < end && text[position] == first && text[position + 1] == second;
    }

    private void skipLine() {
        while (position < end && !isLineBreak(text[position])) {
            position++;
        }
    }

    /** Block comments nest. */
    private void skipBlockComment() {
        int depth = 0;
        while (position < end) {
            if (at('/', '*')) {
                depth++;
                position += 2;
            } else if (at('*', '/')) {
                depth--;
                position += 2;
                if (depth == 0) {
                    return;
                }
            } else {
                position++;
            }
        }
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || (letter >= '\t' && letter <= '\r');
    }

    private static boolean isLineBreak(byte letter) {
        return letter == '\n' || letter == '\r';
    }

    private static boolean isDigit(byte letter) {
        return letter >= '0' && letter <= '9';
    }

    /** Every byte of a multi-byte character is one, as in scan.l. */
    private static boolean isIdentifierStart(byte letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' || letter < 0;
    }

    private static boolean isIdentifierPart(byte letter) {
        return FOLDED[letter & 0xff] != 0;
    }

    private static byte[] foldedLetters() {
        byte[] folded = new byte[256];
        for (int letter = 0; letter < folded.length; letter++) {
            byte code = (byte) letter;
            boolean part = isIdentifierStart(code) || isDigit(code) || code == '$';
            folded[letter] = part ? (byte) Vocabulary.lower(code) : 0;
        }
        return folded;
    }
}
