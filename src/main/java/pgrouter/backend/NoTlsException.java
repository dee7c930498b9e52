package pgrouter.backend;

import java.io.IOException;

/** A server was asked for TLS and does not have it. */
public final class NoTlsException extends IOException {
    private static final long serialVersionUID = 1L;

    NoTlsException() {
        super("the server does not support TLS");
    }
}
