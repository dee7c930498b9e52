package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where users and what is known of their passwords come from; from one of the two at least, and the file comes first.
 *
 * @param file the authdb
 * @param query gives a user's verifier, in its only row's last column; {@code $1} is the user's name
 */
public record UserSource(Optional<Path> file, Optional<String> query) {
    /** For a role that may read pg_authid, as {@code get_role_password} of crypt.c does it. */
    static final String PG_AUTHID = "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin"
            + " AND (rolvaliduntil IS NULL OR rolvaliduntil >= pg_catalog.now())";

    boolean isGiven() {
        return file.isPresent() || query.isPresent();
    }
}
