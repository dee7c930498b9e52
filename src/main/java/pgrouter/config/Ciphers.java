package pgrouter.config;

/** A list of ciphers, in OpenSSL's notation or IANA's names, and where it stands: what it selects is not known here. */
public record Ciphers(String list, String file, int line, int column) {
    /** What is wrong with the list. */
    public Problem problem(String message) {
        return new Problem(file, line, column, message);
    }
}
