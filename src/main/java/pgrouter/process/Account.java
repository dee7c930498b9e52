package pgrouter.process;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/**
 * The account whose privileges the process runs with.
 *
 * @param group the user's own where empty; the user's other groups come with it either way
 */
public record Account(String user, Optional<String> group) {
    /** @throws IOException where the host has no such user */
    UserPrincipal principal() throws IOException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("this host has no user " + user, e);
        }
    }

    @Override
    public String toString() {
        return "user " + user + group.map(name -> ", group " + name).orElse("");
    }
}
