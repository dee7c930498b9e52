package pgrouter.auth;

import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Makes up the credential of a user that does not exist. It has the shape of one of the real ones, with the frequency
 * that the shape has among those. Thus asking for a password does not tell which users exist
 * ({@code mock_scram_secret} of auth-scram.c). Any thread.
 */
final class MockCredential {
    private static final int MD5_LENGTH = 16;

    private final KeyedHash hash;
    private final List<Credential.Entry> models;

    MockCredential(Collection<Credential.Entry> real, KeyedHash hash) {
        this.hash = hash;
        this.models = real.stream()
                .sorted(Comparator.comparing(MockCredential::shape))
                .toList();
    }

    /** With this order, a changed file changes the shape of few users. */
    private static String shape(Credential.Entry credential) {
        return switch (credential) {
            case Credential.Md5 md5 -> "md5";
            case Credential.Plain plain -> "plain";
            case Credential.Scram(ScramVerifier verifier) -> verifier.salt().length + "/" + verifier.iterations();
        };
    }

    Credential.Entry of(String user) {
        if (models.isEmpty()) {
            return scram(user, ScramVerifier.DEFAULT_SALT_LENGTH, ScramVerifier.DEFAULT_ITERATIONS);
        }
        return switch (models.get(hash.below(models.size(), "model", user))) {
            case Credential.Md5 md5 ->
                new Credential.Md5(HexFormat.of().formatHex(hash.bytes(MD5_LENGTH, "md5", user)));
            case Credential.Plain plain ->
                new Credential.Plain(Base64.getEncoder().encodeToString(hash.bytes(Sha256.LENGTH, "plain", user)));
            case Credential.Scram(ScramVerifier verifier) -> scram(user, verifier.salt().length, verifier.iterations());
        };
    }

    private Credential.Entry scram(String user, int saltLength, int iterations) {
        return new Credential.Scram(new ScramVerifier(
                iterations,
                hash.bytes(saltLength, "salt", user),
                hash.bytes(Sha256.LENGTH, "stored key", user),
                hash.bytes(Sha256.LENGTH, "server key", user)));
    }
}
