package pgrouter.config;

import java.util.Locale;

/**
 * The weakest way in which pgrouter proves a password to a backend. A node that asks for a weaker one is refused: it may be
 * after the password, or another server in its place.
 */
public enum BackendAuth {
    /**
     * As strong as the entry of the authdb allows: SCRAM for a password in plain and for a verifier, MD5 for an MD5 hash. A node that asks for
     * nothing is not refused.
     */
    DEFAULT,
    /** SCRAM only, by which the node proves that it knows the password, or a verifier of it: it must ask. */
    SCRAM_SHA_256,
    /** MD5 too, from which a password can be guessed offline. */
    MD5,
    /** A cleartext password too, in TLS or over a Unix-domain socket. */
    PASSWORD,
    /** A cleartext password even where the network can read it. */
    ANY;

    /** Returns the keyword of the configuration file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
