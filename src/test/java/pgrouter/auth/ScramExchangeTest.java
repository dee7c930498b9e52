package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ends of SCRAM, against the RFC and against each other. */
final class ScramExchangeTest {
    @Test
    void theServerSpeaksAsInTheRfc() throws ScramException {
        ScramServer server = RfcExample.server();
        assertThat(server.challenge(RfcExample.CLIENT_FIRST)).isEqualTo(RfcExample.SERVER_FIRST);
        assertThat(server.verify(RfcExample.CLIENT_FINAL)).isEqualTo(RfcExample.SERVER_FINAL);
    }

    @Test
    void theClientSpeaksAsInTheRfc() throws ScramException {
        ScramClient client = RfcExample.client();
        assertThat(client.first()).isEqualTo(RfcExample.CLIENT_FIRST);
        assertThat(client.answer(RfcExample.SERVER_FIRST)).isEqualTo(RfcExample.CLIENT_FINAL);
        client.verify(RfcExample.SERVER_FINAL);
    }

    @Test
    void theClientSendsNoNameAsLibpqDoes() {
        assertThat(new ScramClient("secret", () -> "abc").first()).isEqualTo("n,,n=,r=abc");
    }

    static IntStream seeds() {
        return IntStream.range(0, 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyPasswordLogsIn(int seed) throws ScramException {
        Random random = new Random(seed);
        String password = randomPassword(random);
        ScramServer server = server(password, random, true);
        ScramClient client = new ScramClient(password, nonce(random));
        client.verify(server.verify(client.answer(server.challenge(client.first()))));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anotherPasswordDoesNot(int seed) throws ScramException {
        Random random = new Random(seed);
        String password = randomPassword(random);
        ScramServer server = server(password, random, true);
        ScramClient client = new ScramClient(password + "x", nonce(random));
        String proof = client.answer(server.challenge(client.first()));
        assertFailsOf(ScramException.Reason.WRONG_PASSWORD, () -> server.verify(proof));
    }

    @Test
    void anUnknownUserFailsAsOneWithAWrongPasswordDoesEvenWithTheRightOne() throws ScramException {
        Random random = new Random(1);
        ScramServer server = server("secret", random, false);
        ScramClient client = new ScramClient("secret", nonce(random));
        String proof = client.answer(server.challenge(client.first()));
        assertFailsOf(ScramException.Reason.WRONG_PASSWORD, () -> server.verify(proof));
    }

    @Test
    void aServerThatDoesNotKnowThePasswordIsFoundOut() throws ScramException {
        ScramClient client = RfcExample.client();
        client.answer(RfcExample.SERVER_FIRST);
        String signature = "v=" + Base64.getEncoder().encodeToString(new byte[Sha256.LENGTH]);
        assertFailsOf(ScramException.Reason.WRONG_SERVER, () -> client.verify(signature));
    }

    @Test
    void anEmptyPasswordIsOneLikeAnyOther() throws ScramException {
        Random random = new Random(2);
        ScramServer server = server("secret", random, true);
        ScramClient client = new ScramClient("", nonce(random));
        String proof = client.answer(server.challenge(client.first()));
        assertFailsOf(ScramException.Reason.WRONG_PASSWORD, () -> server.verify(proof));
    }

    private static ScramServer server(String password, Random random, boolean known) {
        byte[] salt = new byte[1 + random.nextInt(32)];
        random.nextBytes(salt);
        return new ScramServer(ScramVerifier.of(password, salt, 1 + random.nextInt(20)), known, nonce(random));
    }

    private static Supplier<String> nonce(Random random) {
        byte[] bytes = new byte[18];
        random.nextBytes(bytes);
        return () -> Base64.getEncoder().encodeToString(bytes);
    }

    private static String randomPassword(Random random) {
        StringBuilder password = new StringBuilder("p");
        random.ints(random.nextInt(30), 1, 0xD800).forEach(password::appendCodePoint);
        random.ints(random.nextInt(30), 0x20, 0x7F).forEach(password::appendCodePoint);
        return password.toString();
    }

    private static void assertFailsOf(ScramException.Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ScramException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
