package pgrouter.config;

/** A list of ciphers, in the notation of OpenSSL or with the names of IANA, and its place in the file. Immutable; any thread. */
public record Ciphers(String list, String file, int line, int column) {
    static Ciphers at(String list, Source source, Token token) {
        return new Ciphers(list, source.file().toString(), token.line(), token.column());
    }

    /** Returns a problem of the list, which is checked where the ciphers are known. */
    public Problem problem(String message) {
        return new Problem(file, line, column, message);
    }
}
