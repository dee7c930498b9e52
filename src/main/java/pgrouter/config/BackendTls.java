package pgrouter.config;

import java.util.Optional;

/**
 * The TLS of server connections to a backend.
 *
 * @param authority signs the certificates of servers; empty for those that the JDK trusts
 * @param identity for a server that asks for a certificate
 */
public record BackendTls(Mode mode, Optional<Authority> authority, Optional<Identity> identity) {
    public static final BackendTls OFF = new BackendTls(Mode.OFF, Optional.empty(), Optional.empty());

    /** The certificate that the server must have. */
    public enum Mode {
        OFF,
        /** A certificate of a known authority for the name of the backend. */
        ON,
        /** Any certificate. */
        SKIPVERIFY,
        /** Encryption; if the authority is configured, a certificate of it, for any name. */
        REQUIRE,
        /** As {@code ON}, and TLS from the first byte on; since PostgreSQL 17. */
        DIRECT
    }

    public boolean isOff() {
        return mode == Mode.OFF;
    }
}
