package pgrouter.config;

import java.util.Optional;

/**
 * Whether and how connections to a backend are encrypted.
 *
 * @param authority who signs the certificates of servers; empty for those that the JDK trusts
 * @param identity what pgrouter shows to a server that asks for a certificate
 */
public record BackendTls(Mode mode, Optional<Authority> authority, Optional<Identity> identity) {
    public static final BackendTls OFF = new BackendTls(Mode.OFF, Optional.empty(), Optional.empty());

    /** How much is asked of the server. */
    public enum Mode {
        OFF,
        /** A certificate of a known authority for the name of the backend. */
        ON,
        /** Any certificate. */
        SKIPVERIFY,
        /** Encryption; where the authority is configured, a certificate of it, for whatever name. */
        REQUIRE,
        /** As {@code ON}, and TLS from the first byte on, which PostgreSQL 17 has introduced. */
        DIRECT
    }

    public boolean isOff() {
        return mode == Mode.OFF;
    }
}
