package pgrouter.backend;

import pgrouter.protocol.ErrorResponse;

/** A backend refused a query of pgrouter's own. */
public final class QueryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ErrorResponse error;

    QueryException(ErrorResponse error) {
        super(error.message());
        this.error = error;
    }

    public ErrorResponse error() {
        return error;
    }
}
