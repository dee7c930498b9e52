package pgrouter.auth;

import java.util.Optional;

/** What a server keeps of users' passwords. Any thread; an answer may take as long as a server does. */
public interface PasswordSource {
    /** It cannot be told now what is kept of a password. The text is for the log, and shows no secret. */
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
