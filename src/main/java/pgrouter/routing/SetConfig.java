package pgrouter.routing;

import pgrouter.routing.Tokens.Kind;

/**
 * The arguments of a call of {@code set_config} or {@code current_setting}, read ahead of the scanner. An instance
 * belongs to one scanner.
 */
final class SetConfig {
    /** The lifetime of the value, as far as the arguments show it. */
    enum Scope {
        /** The value ends with the transaction. */
        LOCAL,
        /** The value stays, or may stay, with the session. */
        SESSION,
        /** The parameter's name is not a plain string. */
        UNCLEAR
    }

    /**
     * The maximum number of bytes read ahead. Arguments beyond count as unclear, so that a text of nothing but calls
     * stays cheap.
     */
    private static final int AHEAD = 1024;

    private final Tokens ahead = new Tokens();
    private String name = "";

    /** @param at after the name of the function */
    Scope read(Tokens at) {
        if (!open(at)) {
            return Scope.UNCLEAR;
        }
        Kind first = ahead.next();
        name = first == Kind.STRING ? ahead.plainString() : null;
        name = ahead.isBefore(',') ? name : null;
        boolean local = isLocal();
        if (local) {
            return Scope.LOCAL;
        }
        return name == null || name.isEmpty() ? Scope.UNCLEAR : Scope.SESSION;
    }

    String name() {
        return name == null ? "" : Tokens.lowerCase(name);
    }

    /** Whether {@code current_setting} asks for anything but a parameter with a dot in its name, which only the session has. */
    boolean readsOwnNode(Tokens at) {
        if (!open(at) || ahead.next() != Kind.STRING) {
            return true;
        }
        String asked = ahead.plainString();
        return asked == null || asked.indexOf('.') < 0;
    }

    private boolean open(Tokens at) {
        int end = Math.min(at.end(), at.position() + AHEAD);
        ahead.reset(at.text(), at.position(), end, at.hasBackslashEscapes());
        return ahead.next() == Kind.SYMBOL && ahead.symbol() == '(';
    }

    /** Whether the third argument is the one word {@code true}. */
    private boolean isLocal() {
        int depth = 1;
        int commas = 0;
        int words = 0;
        boolean isTrue = false;
        for (Kind kind = ahead.next(); kind != Kind.END; kind = ahead.next()) {
            boolean symbol = kind == Kind.SYMBOL;
            if (symbol && ahead.symbol() == '(') {
                depth++;
            } else if (symbol && ahead.symbol() == ')') {
                depth--;
                if (depth == 0) {
                    return commas == 2 && words == 1 && isTrue;
                }
            } else if (symbol && ahead.symbol() == ',' && depth == 1) {
                commas++;
                continue;
            }
            if (commas == 2) {
                words++;
                isTrue = (kind == Kind.WORD && ahead.name(kind).equals("true"))
                        || (kind == Kind.STRING && "true".equals(ahead.plainString()));
            }
        }
        return false;
    }
}
