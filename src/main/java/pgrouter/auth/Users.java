package pgrouter.auth;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The users that may log in, and their credentials: those of the authdb, and after them those of a server. Any thread. */
public final class Users {
    private final AuthDb authDb;
    private final Optional<RecentPasswords> server;

    /** Has the users of the file only. */
    public Users(AuthDb authDb) {
        this.authDb = authDb;
        this.server = Optional.empty();
    }

    /** @param source is asked for users that are not in the file; its answer is used for some seconds */
    public Users(AuthDb authDb, PasswordSource source) {
        this.authDb = authDb;
        this.server = Optional.of(new RecentPasswords(source, System::nanoTime));
    }

    /**
     * The credential of a user. Names are compared byte by byte, as PostgreSQL does.
     *
     * @throws PasswordSource.Unavailable where the server would have to be asked and cannot be
     */
    public Optional<Credential.Entry> find(String user) throws PasswordSource.Unavailable, InterruptedException {
        Optional<Credential.Entry> own = authDb.find(user);
        return own.isPresent() || server.isEmpty() ? own : server.get().of(user);
    }

    /** Called when a login has failed: the password may have been changed since the server was asked for it. */
    public void distrust(String user) {
        server.ifPresent(recent -> recent.forget(user));
    }

    /**
     * The credential by which to ask a user that does not exist, as {@link AuthDb#imitation} has it. Where a server
     * is asked, it has the shape of the credentials that the server keeps.
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
