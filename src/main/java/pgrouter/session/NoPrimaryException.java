package pgrouter.session;

/** There is no primary, and there was none for as long as the configuration lets a request wait. The text says what is missing. */
final class NoPrimaryException extends Exception {
    private static final long serialVersionUID = 1L;

    NoPrimaryException(String text) {
        super(text);
    }
}
