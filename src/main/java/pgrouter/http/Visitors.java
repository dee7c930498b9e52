package pgrouter.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import pgrouter.auth.Credential;
import pgrouter.auth.PasswordSource;
import pgrouter.auth.Users;

/**
 * The users that may read the status over HTTP: everybody, or the users of the authdb that the configuration names,
 * by HTTP Basic (RFC 7617). A user that is not named, or does not exist, costs as much time as another one with a
 * wrong password. Any thread. A thread that looks up a user may wait.
 */
public final class Visitors {
    private static final String SCHEME = "basic ";

    private final Supplier<List<String>> named;
    private final Supplier<Users> users;
    private final Tries tries;

    /** The answer to a request that asks for more than a probe does. */
    enum Welcome {
        LET_IN,
        /** The request has no credentials, or wrong ones. */
        ASKED,
        /** Too many requests from that address had wrong credentials. */
        TOO_MANY,
        /** Not known: the nodes would have to be asked. */
        UNKNOWN
    }

    private record Said(String user, String password) {}

    /**
     * @param named the users that may read; none where everybody may
     * @param users the present users
     * @param clock in nanoseconds
     */
    public Visitors(Supplier<List<String>> named, Supplier<Users> users, LongSupplier clock) {
        this.named = named;
        this.users = users;
        this.tries = new Tries(clock);
    }

    /** @param authorization the header of that name, or null */
    Welcome meet(InetAddress from, String authorization) throws InterruptedException {
        List<String> allowed = named.get();
        if (allowed.isEmpty()) {
            return Welcome.LET_IN;
        }
        Optional<Said> said = said(authorization);
        if (said.isEmpty()) {
            return Welcome.ASKED;
        }
        if (!tries.take(from)) {
            return Welcome.TOO_MANY;
        }
        try {
            boolean right = isRight(said.get());
            if (!right || !allowed.contains(said.get().user())) {
                return Welcome.ASKED;
            }
            tries.giveBack(from);
            return Welcome.LET_IN;
        } catch (PasswordSource.Unavailable e) {
            return Welcome.UNKNOWN;
        }
    }

    private boolean isRight(Said said) throws PasswordSource.Unavailable, InterruptedException {
        Users now = users.get();
        Optional<Credential.Entry> known = now.find(said.user());
        Credential.Entry asked = known.orElseGet(() -> now.imitation(said.user(), false));
        boolean fits = now.isPassword(said.user(), asked, said.password());
        if (fits && known.isPresent()) {
            return true;
        }
        now.distrust(said.user());
        return false;
    }

    private static Optional<Said> said(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
            String both = new String(bytes, StandardCharsets.UTF_8);
            int colon = both.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new Said(both.substring(0, colon), both.substring(colon + 1)));
        } catch (IllegalArgumentException noBase64) {
            return Optional.empty();
        }
    }
}
