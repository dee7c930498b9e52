package pgrouter.auth;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The users of the authdb file. Immutable, except for a cache of slow computations. Any thread.
 *
 * <p>One user a line: {@code NAME md5 HASH}, {@code NAME scram-sha-256 VERIFIER} or {@code NAME plain PASSWORD}.
 */
public final class AuthDb {
    /** They take about 2 MB when all are derived. */
    private static final int PLAIN_VERIFIERS = 4096;

    /** An authdb without users. */
    public static final AuthDb EMPTY = new AuthDb(Map.of(), KeyedHash.OF_THIS_PROCESS);

    private final Map<String, Credential.Entry> users;
    private final MockCredential imitation;
    private final MockCredential scramImitation;
    private final PlainVerifiers plainVerifiers;

    AuthDb(Map<String, Credential.Entry> users, KeyedHash hash) {
        this.users = Map.copyOf(users);
        this.imitation = new MockCredential(this.users.values(), hash);
        this.scramImitation = new MockCredential(
                this.users.values().stream()
                        .filter(entry -> !(entry instanceof Credential.Md5))
                        .toList(),
                hash);
        this.plainVerifiers = new PlainVerifiers(hash, PLAIN_VERIFIERS);
    }

    /**
     * Reads a file of at most 64 MiB of UTF-8. Blocks: not for a thread that serves clients.
     *
     * @throws AuthDbException where the file cannot be read or anything in it is wrong
     */
    public static AuthDb read(Path file) throws AuthDbException {
        return parse(AuthDbFile.text(file), file.toString());
    }

    /**
     * Reads the text of such a file.
     *
     * @param fileName stands in the problems
     * @throws AuthDbException where anything in it is wrong
     */
    public static AuthDb parse(String text, String fileName) throws AuthDbException {
        return new AuthDb(new AuthDbParser(fileName).parse(text), KeyedHash.OF_THIS_PROCESS);
    }

    /** The entry of a user in the file. Names are compared byte by byte, as PostgreSQL does. */
    public Optional<Credential.Entry> find(String user) {
        return Optional.ofNullable(users.get(user));
    }

    /**
     * The credential by which to ask a user that is not in the file. It has the kind, iteration count and salt length
     * of one of the entries, each in the proportion in which the file has them. It is the same for the same name as
     * long as the process lives. No password fits it.
     *
     * @param scram whether it must not be MD5
     */
    public Credential.Entry imitation(String user, boolean scram) {
        return (scram ? scramImitation : imitation).of(user);
    }

    /**
     * Whether this is the password. With a verifier the check takes as long as deriving one.
     *
     * @param credential as {@link #scramServer} takes it, or MD5
     */
    public boolean isPassword(String user, Credential.Entry credential, String password) {
        return switch (credential) {
            case Credential.Plain(String right) -> isSame(SaslPrep.prepare(right), SaslPrep.prepare(password));
            case Credential.Md5(String hash) -> isSame(hash, Md5Password.hash(user, password));
            case Credential.Scram(ScramVerifier verifier) -> verifier.isOf(password);
        };
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The server's end of a login. It takes about a millisecond at the first login of an entry in plain, or of an
     * imitation of one.
     *
     * @param credential the result of {@link #find} or {@link #imitation}; not MD5, with which SCRAM is not possible
     * @param known false for an imitation
     * @param nonce as {@link ScramServer} takes it
     * @param endPoint as {@link ScramServer} takes it
     */
    public ScramServer scramServer(
            String user,
            Credential.Entry credential,
            boolean known,
            Supplier<String> nonce,
            Optional<byte[]> endPoint) {
        ScramVerifier verifier = switch (credential) {
            case Credential.Scram(ScramVerifier kept) -> kept;
            case Credential.Plain(String password) -> plainVerifiers.of(user, password);
            case Credential.Md5 md5 -> throw new IllegalArgumentException("SCRAM with an MD5 hash");
        };
        return new ScramServer(verifier, known, nonce, endPoint);
    }
}
