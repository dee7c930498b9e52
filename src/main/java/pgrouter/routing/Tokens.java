package pgrouter.routing;

import java.nio.charset.StandardCharsets;

/**
 * Cuts SQL text into tokens as PostgreSQL's lexer does ({@code src/backend/parser/scan.l}), as far as a route depends
 * on it: where comments, strings and identifiers begin and end. One pass, without allocation. One thread at a time. The
 * tokens end where the text ends inside a string or comment: PostgreSQL refuses such a text as a whole.
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
        /** A token whose meaning needs more than a lexer: a name with Unicode escapes. */
        UNCLEAR
    }

    /** The characters of operators ({@code op_chars} in scan.l). */
    private static final String OPERATOR = "~!@#^&|`?+-*/%<>=";

    /** The number of bytes of a name that the server keeps, in whole characters ({@code NAMEDATALEN} less one). */
    private static final int LONGEST_NAME = 63;

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

    /** Whether the token just read is this word, which is given in lower case. */
    boolean isWord(String word) {
        return Vocabulary.equals(word, text, tokenStart, position);
    }

    /** The meaning of the WORD or QUOTED token just read. */
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

    /** The name of the WORD or QUOTED token as the catalog has it, for a text in UTF-8. */
    String text(Kind kind) {
        String name = new String(text, tokenStart, tokenEnd - tokenStart, StandardCharsets.UTF_8);
        return kind == Kind.WORD ? lowerCase(name) : name.replace("\"\"", "\"");
    }

    /** Folds A to Z only: the folding of other letters depends on the server's encoding. */
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

    /** The offset at which the token just read begins. */
    int start() {
        return tokenStart;
    }

    /** The offset at which the token just read ends, with its closing quote. */
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

    /** The operator characters from the SYMBOL just read on, without blanks between them; empty where it is not one. */
    String operatorCharacters() {
        int last = tokenStart;
        while (last < end && OPERATOR.indexOf(text[last]) >= 0) {
            last++;
        }
        return new String(text, tokenStart, last - tokenStart, StandardCharsets.ISO_8859_1);
    }

    /** Whether the next token is an opening parenthesis. The position stays. */
    boolean beforeParenthesis() {
        return isBefore('(');
    }

    /** Whether the next token is this symbol. The position stays. */
    boolean isBefore(char symbol) {
        int next = Whitespace.skip(text, position, end);
        return next < end && text[next] == symbol;
    }

    Kind next() {
        position = Whitespace.skip(text, position, end);
        tokenStart = position;
        if (position >= end) {
            return Kind.END;
        }
        byte first = text[position];
        if (Letters.isIdentifierStart(first)) {
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

    /** Reads digits only. An exponent or the like after them is a word of its own, and harmless as that. */
    private Kind number() {
        while (position < end && Letters.isDigit(text[position])) {
            position++;
        }
        return Kind.NUMBER;
    }

    private Kind wordOrPrefixedString() {
        int value = Vocabulary.EMPTY_HASH;
        int at = position;
        while (at < end && Letters.isIdentifierPart(text[at])) {
            value = Vocabulary.hash(value, Letters.fold(text[at]));
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

    /** The end of the first characters of the token that have this many bytes at most, in UTF-8. */
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

    /** Reads a single letter, which may be the prefix of a string: E'', B'', X'', N'', U&'' and U&"". */
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

    private Kind string(boolean escapes) {
        position = Literals.skipString(text, position, end, escapes);
        return Kind.STRING;
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

    /** Cuts a quoted name, in which two quotes are one byte. */
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

    /** Reads a parameter such as {@code $1}, or a string between two equal {@code $tag$}. */
    private Kind dollar() {
        if (position + 1 < end && Letters.isDigit(text[position + 1])) {
            position++;
            return number();
        }
        int endOfTag = Literals.skipTag(text, position, end);
        if (endOfTag == Literals.NO_TAG) {
            return symbolAt();
        }
        position = Literals.skipDollarString(text, position, endOfTag, end);
        return Kind.STRING;
    }
}
