package pgrouter.auth;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Who may log in, and by what: those of the authdb, and behind them those of a server. Any thread. */
public final class Users {
    private final AuthDb authDb;
    private final Optional<RecentPasswords> server;

    /** Those of the file only. */
    public Users(AuthDb authDb) {
        this.authDb = authDb;
        this.server = Optional.empty();
    }

    /** @param source is asked for those who are not in the file; what it says is believed for some seconds */
    public Users(AuthDb authDb, PasswordSource source) {
        this.authDb = authDb;
        this.server = Optional.of(new RecentPasswords(source, System::nanoTime));
    }

    /**
     * What is known of a user, whose name is compared byte by byte, as PostgreSQL does.
     *
     * @throws PasswordSource.Unavailable where the server would have to be asked and cannot be
     */
    public Optional<Credential.Entry> find(String user) throws PasswordSource.Unavailable, InterruptedException {
        Optional<Credential.Entry> own = authDb.find(user);
        return own.isPresent() || server.isEmpty() ? own : server.get().of(user);
    }

    /** A login has failed: the password may have been changed since it was asked for. */
    public void distrust(String user) {
        server.ifPresent(recent -> recent.forget(user));
    }

    /**
     * What to ask a user with who does not exist, as {@link AuthDb#imitation} has it; or in the shape of what the server keeps, where
     * it is asked.
     */
    public Credential.Entry imitation(String user, boolean scram) {
        return server.flatMap(recent -> recent.model().filter(model -> !(scram && model instanceof Credential.Md5)))
                .map(model -> new MockCredential(List.of(model), KeyedHash.OF_THIS_PROCESS).of(user))
                .orElseGet(() -> authDb.imitation(user, scram));
    }

    /** As {@link AuthDb#isPassword}. */
    public boolean isPassword(String user, Credential.Entry credential, String password) {
        return authDb.isPassword(user, credential, password);
    }

    /** As {@link AuthDb#scramServer}. */
    public ScramServer scramServer(
            String user,
            Credential.Entry credential,
            boolean known,
            Supplier<String> nonce,
            Optional<byte[]> endPoint) {
        return authDb.scramServer(user, credential, known, nonce, endPoint);
    }
}
