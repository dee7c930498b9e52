package pgrouter.console;

/** A statement or message is answered with an ERROR; the session goes on. */
final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sqlState;

    Rejected(String sqlState, String message) {
        super(message);
        this.sqlState = sqlState;
    }

    String sqlState() {
        return sqlState;
    }
}
