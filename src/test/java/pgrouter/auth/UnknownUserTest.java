package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nothing that a client sees before the end of a login tells whether its user exists. */
final class UnknownUserTest {
    private static final KeyedHash HASH = new KeyedHash(new byte[] {1, 2, 3});
    private static final Credential.Entry MD5 = new Credential.Md5("4d45974e13472b5a0be3533de4666414");
    private static final Credential.Entry PLAIN = new Credential.Plain("secret");
    private static final int NAMES = 2000;

    @Test
    void isAskedAsEachKindOfEntryInProportion() {
        AuthDb db = db(MD5, scram(16, 4096), MD5, scram(24, 10000), PLAIN, MD5, MD5, MD5, MD5, PLAIN);
        assertThat(share(db, "md5")).isBetween(0.55, 0.65);
        assertThat(share(db, "scram 16 4096")).isBetween(0.07, 0.13);
        assertThat(share(db, "scram 24 10000")).isBetween(0.07, 0.13);
        assertThat(share(db, "plain")).isBetween(0.16, 0.24);
    }

    @Test
    void isAskedInTheOnlyWayWhereThereIsOne() {
        assertThat(share(db(MD5, MD5), "md5")).isEqualTo(1);
        assertThat(share(db(scram(40, 7)), "scram 40 7")).isEqualTo(1);
        assertThat(share(db(PLAIN), "plain")).isEqualTo(1);
    }

    @Test
    void isAskedByScramAsPostgresqlDoesWhereNobodyIsKnown() {
        assertThat(share(db(), "scram 16 4096")).isEqualTo(1);
    }

    @Test
    void isAskedTheSameEachTimeAlsoAfterAReload() throws AuthDbException, ScramException {
        AuthDb before = AuthDb.parse("a plain x\nb plain y", "authdb");
        AuthDb after = AuthDb.parse("a plain x\nb plain y\nc plain z", "authdb");
        assertThat(challenge(before, "nobody", "abc"))
                .isEqualTo(challenge(before, "nobody", "abc"))
                .isEqualTo(challenge(after, "nobody", "abc"));
        assertThat(challenge(before, "a", "abc"))
                .isEqualTo(challenge(before, "a", "abc"))
                .isEqualTo(challenge(after, "a", "abc"));
    }

    @Test
    void hasASaltThatLooksLikeThatOfAnyOther() throws ScramException {
        AuthDb db = db(PLAIN, scram(16, 4096));
        List<String> challenges = IntStream.range(0, 20)
                .mapToObj(i -> salt(db, i % 2 == 0 ? "user" + i / 2 : "nobody" + i))
                .distinct()
                .toList();
        assertThat(challenges)
                .hasSizeGreaterThan(10)
                .allSatisfy(salt -> assertThat(salt).hasSize(24));
    }

    @Test
    void cannotLogInWhateverThePassword() throws ScramException {
        AuthDb db = db(PLAIN);
        ScramServer server =
                db.scramServer("nobody", db.imitation("nobody", false), false, () -> "server", Optional.empty());
        String madeUp = switch (db.imitation("nobody", false)) {
            case Credential.Plain(String password) -> password;
            case Credential.Md5 md5 -> "";
            case Credential.Scram scram -> "";
        };
        ScramClient client = new ScramClient(ChannelBinding.NONE, madeUp, () -> "client");
        String proof = client.answer(server.challenge(client.first()));
        assertThatThrownBy(() -> server.verify(proof))
                .isInstanceOfSatisfying(
                        ScramException.class,
                        e -> assertThat(e.reason()).isEqualTo(ScramException.Reason.WRONG_PASSWORD));
    }

    @Test
    void aKnownUserLogsInWithThePlainPassword() throws ScramException {
        AuthDb db = db(PLAIN);
        ScramServer server = db.scramServer("user0", PLAIN, true, () -> "server", Optional.empty());
        ScramClient client = new ScramClient("secret", () -> "client");
        client.verify(server.verify(client.answer(server.challenge(client.first()))));
    }

    @Test
    void aVerifierIsDerivedOnceAndTheOldestIsForgotten() {
        PlainVerifiers verifiers = new PlainVerifiers(HASH, 2);
        ScramVerifier first = verifiers.of("a", "secret");
        verifiers.of("b", "secret");
        assertThat(verifiers.of("a", "secret")).isSameAs(first);
        verifiers.of("c", "secret");
        assertThat(verifiers.of("a", "secret")).isSameAs(first);
        assertThat(verifiers.of("a", "another")).isNotSameAs(first);
        assertThat(verifiers.size()).isEqualTo(2);
    }

    private static double share(AuthDb db, String shape) {
        return IntStream.range(0, NAMES)
                        .mapToObj(i -> shape(db.imitation("nobody" + i, false)))
                        .filter(shape::equals)
                        .count()
                / (double) NAMES;
    }

    private static String shape(Credential.Entry credential) {
        return switch (credential) {
            case Credential.Md5 md5 -> "md5";
            case Credential.Plain plain -> "plain";
            case Credential.Scram(ScramVerifier verifier) ->
                "scram " + verifier.salt().length + " " + verifier.iterations();
        };
    }

    private static String salt(AuthDb db, String user) {
        try {
            return challenge(db, user, "abc").replaceAll(".*,s=(.*),i=4096", "$1");
        } catch (ScramException e) {
            throw new AssertionError(e);
        }
    }

    private static String challenge(AuthDb db, String user, String nonce) throws ScramException {
        Credential.Entry credential = db.find(user).orElseGet(() -> db.imitation(user, false));
        boolean known = db.find(user).isPresent();
        return db.scramServer(user, credential, known, () -> "server", Optional.empty())
                .challenge("n,,n=,r=" + nonce);
    }

    private static Credential.Entry scram(int saltLength, int iterations) {
        return new Credential.Scram(ScramVerifier.of("secret", new byte[saltLength], iterations));
    }

    private static AuthDb db(Credential.Entry... credentials) {
        Map<String, Credential.Entry> users = new LinkedHashMap<>();
        for (Credential.Entry credential : credentials) {
            users.put("user" + users.size(), credential);
        }
        return new AuthDb(users, HASH);
    }
}
