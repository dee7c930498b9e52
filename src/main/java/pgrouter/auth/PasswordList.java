package pgrouter.auth;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Users with the password hashes that PostgreSQL keeps, as another program lists them.
 *
 * @param entries in the order of the list
 * @param withoutPassword users that the list has without a password hash
 */
public record PasswordList(Map<String, Credential.Entry> entries, List<String> withoutPassword) {
    /** Copies both. */
    public PasswordList {
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        withoutPassword = List.copyOf(withoutPassword);
    }

    /**
     * Reads one user a line. A line is {@code NAME VERIFIER}, where the name may hold spaces, as psql prints two
     * columns without alignment; or {@code "NAME" "VERIFIER"}, as the userlist.txt of PgBouncer has them, in which
     * {@code ;} begins a comment. Reads to the end of at most 64 MiB of UTF-8; blocks.
     *
     * @param name stands in the problems
     * @throws AuthDbException where any line is something else; the text shows nothing of the line
     */
    public static PasswordList read(InputStream in, String name) throws AuthDbException, IOException {
        return new PasswordListParser(name).parse(AuthDbFile.text(in, name));
    }
}
