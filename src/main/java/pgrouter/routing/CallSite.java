package pgrouter.routing;

import pgrouter.routing.Tokens.Kind;

/**
 * Decides where a name before a parenthesis cannot be the call of a function, by the tokens before it: it is a type
 * with its modifiers, an alias with its columns, or a word of the grammar (gram.y). Whatever is doubtful is a call. An
 * instance belongs to one scanner.
 */
final class CallSite {
    /** The number of bytes that are read ahead for the query of a CTE. */
    private static final int AHEAD = 1024;

    private static final byte[] WITH = {'w', 'i', 't', 'h'};

    private static final int DEEPEST = Long.SIZE - 1;

    private final Tokens ahead = new Tokens();
    private Token last = new Token();
    private Token before = new Token();
    private int depth;

    /** One bit per depth: whether an operand may follow where the parenthesis ends. */
    private long beforeOperand;

    private boolean operandFollows;

    /** Whether the last name, or the dot after it, belongs to a type or an alias. */
    private boolean named;

    private boolean withQueries;

    /** One of the two tokens that were read last. */
    private static final class Token {
        private Kind kind = Kind.END;
        private byte[] text = {};
        private int start;
        private int end;

        void clear() {
            kind = Kind.END;
        }

        void set(Kind is, Tokens tokens) {
            kind = is;
            text = tokens.text();
            start = tokens.start();
            end = tokens.position();
        }

        void setWith() {
            kind = Kind.WORD;
            text = WITH;
            start = 0;
            end = WITH.length;
        }

        boolean is(String word) {
            return kind == Kind.WORD && Vocabulary.equals(word, text, start, end);
        }

        boolean is(char symbol) {
            return kind == Kind.SYMBOL && text[start] == symbol;
        }
    }

    /** Begins another statement. */
    void begin(boolean with) {
        last.clear();
        before.clear();
        if (with) {
            last.setWith();
        }
        depth = 0;
        beforeOperand = 0;
        operandFollows = false;
        named = false;
        withQueries = with;
    }

    /** Notes that the token just read was dealt with. */
    void passed(Kind kind, Tokens tokens) {
        if (kind == Kind.SYMBOL) {
            symbol((char) tokens.symbol());
        } else {
            named = (kind == Kind.WORD || kind == Kind.QUOTED) && isNamed();
            withQueries |= kind == Kind.WORD && tokens.isWord("with");
        }
        Token oldest = before;
        before = last;
        last = oldest;
        last.set(kind, tokens);
    }

    private void symbol(char symbol) {
        named &= symbol == '.';
        if (symbol == '(') {
            depth++;
            if (opensBeforeOperand() && depth <= DEEPEST) {
                beforeOperand |= 1L << depth;
            }
        } else if (symbol == ')') {
            operandFollows = depth < 1 || depth > DEEPEST || (beforeOperand & 1L << depth) != 0;
            beforeOperand &= depth < 1 || depth > DEEPEST ? -1 : ~(1L << depth);
            depth--;
        }
    }

    private boolean opensBeforeOperand() {
        return last.is("operator") || (last.is("on") && before.is("distinct"));
    }

    /** Whether a name that comes now is that of a type or an alias, or qualifies it. */
    private boolean isNamed() {
        boolean cast = last.is(':') && before.is(':') && before.end == last.start;
        return cast
                || (last.is('.') && named)
                || last.is("as")
                || last.is("copy")
                || last.is("with")
                || last.is("recursive")
                || last.is("ordinality");
    }

    /** Whether the name just read, before a parenthesis, is not the call of a function. */
    boolean isNoCall(Tokens tokens) {
        return isNamed()
                || (last.is(')') && !operandFollows)
                || last.is(']')
                || last.kind == Kind.STRING
                || last.kind == Kind.NUMBER
                || isOfGrammar(tokens)
                || (withQueries && last.is(',') && isQuery(tokens));
    }

    private boolean isOfGrammar(Tokens tokens) {
        if (tokens.isWord("by")) {
            return last.is("group") || last.is("order") || last.is("partition");
        } else if (tokens.isWord("rollup") || tokens.isWord("cube")) {
            return last.is("by") && before.is("group");
        } else if (tokens.isWord("sets")) {
            return last.is("grouping");
        } else if (tokens.isWord("materialized")) {
            return last.is("not") && before.is("as");
        } else if (tokens.isWord("zone")) {
            return last.is("time");
        }
        return last.is("fetch");
    }

    /** Whether {@code name (columns) AS (SELECT} follows: not the columns of a function in FROM, which no reserved word can be. */
    private boolean isQuery(Tokens tokens) {
        ahead.reset(
                tokens.text(),
                tokens.position(),
                Math.min(tokens.end(), tokens.position() + AHEAD),
                tokens.hasBackslashEscapes());
        int open = 0;
        Kind kind = ahead.next();
        do {
            boolean symbol = kind == Kind.SYMBOL;
            open += symbol && ahead.symbol() == '(' ? 1 : symbol && ahead.symbol() == ')' ? -1 : 0;
            kind = ahead.next();
        } while (open > 0 && kind != Kind.END);
        if (kind != Kind.WORD || !ahead.isWord("as")) {
            return false;
        }
        kind = ahead.next();
        while (kind == Kind.WORD && (ahead.isWord("not") || ahead.isWord("materialized"))) {
            kind = ahead.next();
        }
        boolean opens = kind == Kind.SYMBOL && ahead.symbol() == '(';
        return opens && ahead.next() == Kind.WORD && (ahead.isWord("select") || ahead.isWord("with"));
    }
}
