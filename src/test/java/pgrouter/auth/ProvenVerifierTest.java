package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What a client shows to one server that has only a verifier opens every other server that has the same one. */
final class ProvenVerifierTest {
    private static final ScramVerifier VERIFIER =
            ScramVerifier.of(RfcExample.PASSWORD, RfcExample.SALT, RfcExample.ITERATIONS);

    private static Credential.Proven proven() throws ScramException {
        ScramServer server = RfcExample.server();
        server.challenge(RfcExample.CLIENT_FIRST);
        server.verify(RfcExample.CLIENT_FINAL);
        return server.proven();
    }

    private static void logIn(ScramClient client, ScramVerifier verifier) throws ScramException {
        ScramServer server = new ScramServer(verifier, true, () -> "another nonce".replace(' ', '-'));
        client.verify(server.verify(client.answer(server.challenge(client.first()))));
    }

    @Test
    void opensAServerWithTheSameVerifier() throws ScramException {
        logIn(new ScramClient(ChannelBinding.NONE, proven(), () -> "nonce"), VERIFIER);
    }

    @Test
    void provesTheServerToo() throws ScramException {
        ScramVerifier impostor = new ScramVerifier(
                RfcExample.ITERATIONS, RfcExample.SALT, VERIFIER.storedKey(), new byte[Sha256.LENGTH]);
        ScramClient client = new ScramClient(ChannelBinding.NONE, proven(), () -> "nonce");
        assertThatThrownBy(() -> logIn(client, impostor))
                .isInstanceOfSatisfying(
                        ScramException.class,
                        e -> assertThat(e.reason()).isEqualTo(ScramException.Reason.WRONG_SERVER));
    }

    @Test
    void isNotShownToAServerWithAnotherSaltOrCount() throws ScramException {
        Credential.Proven proven = proven();
        assertThatOther(proven, ScramVerifier.of(RfcExample.PASSWORD, new byte[16], RfcExample.ITERATIONS));
        assertThatOther(proven, ScramVerifier.of(RfcExample.PASSWORD, RfcExample.SALT, RfcExample.ITERATIONS + 1));
    }

    private static void assertThatOther(Credential.Proven proven, ScramVerifier verifier) {
        assertThatThrownBy(() -> logIn(new ScramClient(ChannelBinding.NONE, proven, () -> "nonce"), verifier))
                .isInstanceOfSatisfying(
                        ScramException.class,
                        e -> assertThat(e.reason()).isEqualTo(ScramException.Reason.OTHER_VERIFIER));
    }

    @Test
    void isThereOnlyBehindARightProof() throws ScramException {
        ScramServer server = RfcExample.server();
        assertThatIllegalStateException().isThrownBy(server::proven);
        server.challenge(RfcExample.CLIENT_FIRST);
        String wrong = RfcExample.CLIENT_FINAL.replace("p=d", "p=e");
        assertThatThrownBy(() -> server.verify(wrong)).isInstanceOf(ScramException.class);
        assertThatIllegalStateException().isThrownBy(server::proven);
        assertThatIllegalArgumentException().isThrownBy(() -> new Credential.Proven(VERIFIER, new byte[Sha256.LENGTH]));
    }

    @Test
    void isKnownAgainByAFingerprintThatSaysNothing() throws ScramException {
        String fingerprint = proven().fingerprint();
        assertThat(proven().fingerprint()).isEqualTo(fingerprint).hasSize(64);
        assertThat(new Credential.Scram(VERIFIER).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(new Credential.Plain("a").fingerprint())
                .isEqualTo(new Credential.Plain("a").fingerprint())
                .isNotEqualTo(new Credential.Plain("b").fingerprint());
    }

    @Test
    void isNeverPrinted() throws ScramException {
        assertThat(proven()).hasToString("Proven[hidden]");
    }
}
