package pgrouter.routing;

import pgrouter.routing.Tokens.Kind;

/**
 * The functions of one database, by their names. Immutable; any thread.
 *
 * @param server those that PostgreSQL itself has
 * @param keywords words before a parenthesis that are no function where they have neither a schema nor quotes
 * @param users all others
 */
public record Functions(FunctionNames server, FunctionNames keywords, FunctionNames users) {
    /** What a name before a parenthesis is, if that is a call. */
    enum Callee {
        /** A function of PostgreSQL's own, or a keyword. */
        SERVERS,
        /** Possibly a function of a user. */
        USERS,
        /** Nobody knows it: it was made since the catalog was read, or is not there. */
        UNKNOWN
    }

    /**
     * @param kind of the token just read, a WORD or QUOTED
     * @param qualified whether there is a schema before it
     * @param ofServer whether that schema is one of PostgreSQL's own
     */
    Callee callee(Tokens tokens, Kind kind, boolean qualified, boolean ofServer) {
        if (tokens.isIn(users, kind)) {
            return Callee.USERS;
        }
        boolean known = (!qualified || ofServer) && tokens.isIn(server, kind);
        boolean keyword = !known && !qualified && kind == Kind.WORD && tokens.isIn(keywords, kind);
        return known || keyword ? Callee.SERVERS : Callee.UNKNOWN;
    }
}
