package pgrouter.auth;

import java.util.Optional;

/** The passwords of users, as a server keeps them. Any thread. An answer may take as long as the server takes. */
public interface PasswordSource {
    /** The server cannot be asked for a password now. The text is for the log, and shows no secret. */
    final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        public Unavailable(String why) {
            super(why);
        }
    }

    /**
     * As {@code pg_authid.rolpassword} has it.
     *
     * @return empty where there is no such user, or it has no password
     */
    Optional<String> passwordOf(String user) throws Unavailable, InterruptedException;
}
