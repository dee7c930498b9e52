package pgrouter.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where users and their passwords come from: the file, the query, or the file first and then the query. Immutable; any thread.
 *
 * @param file the authdb
 * @param query returns the verifier of a user in the last column of its only row; {@code $1} is the name of the user
 */
public record UserSource(Optional<Path> file, Optional<String> query) {
    /** Reads pg_authid as {@code get_role_password} of crypt.c does, for a role that may. */
    private static final String PG_AUTHID =
            "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1 AND rolcanlogin"
                    + " AND (rolvaliduntil IS NULL OR rolvaliduntil >= pg_catalog.now())";

    /** {@code authdb FILE}, {@code authdb query SQL} or {@code authdb query}. */
    static final Form<UserSource> FORM = Form.one(Values.FILE.map(UserSource::ofFile))
            .word("query", Values.QUERY.map(UserSource::ofQuery))
            .bare("query", ofQuery(PG_AUTHID))
            .joined(UserSource::and);

    private static UserSource ofFile(Path file) {
        return new UserSource(Optional.of(file), Optional.empty());
    }

    private static UserSource ofQuery(String query) {
        return new UserSource(Optional.empty(), Optional.of(query));
    }

    private UserSource and(UserSource later) {
        return new UserSource(later.file.or(() -> file), later.query.or(() -> query));
    }
}
