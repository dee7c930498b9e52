package pgrouter.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static pgrouter.testing.Frontend.message;
import static pgrouter.testing.Server.authenticationOk;
import static pgrouter.testing.Server.keyData;
import static pgrouter.testing.Server.notice;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.ready;

import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.Credential;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendAuth;
import pgrouter.config.BackendTls;
import pgrouter.net.Carrier;
import pgrouter.protocol.MessageBuilder;
import pgrouter.protocol.SqlState;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.FakePostgres.Handler;

/** Whatever says at a login that it is a backend: it costs a bounded amount, and gets one error that names it. */
final class HostileLoginTest {
    private static final String PASSWORD = "secret-of-app";
    private static final String SALT = Base64.getEncoder().encodeToString(new byte[16]);

    private FakePostgres server;

    @BeforeEach
    void start() throws IOException {
        server = FakePostgres.start(new LinkedBlockingQueue<>(), 1);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private LoginException refused(Handler login, Duration timeout) {
        server.playLogins(login);
        Backend backend = new Backend(
                new Address.Host("127.0.0.1", server.port()),
                BackendTls.OFF,
                1,
                Optional.empty(),
                1,
                timeout,
                BackendAuth.ANY);
        LoginException refused = catchThrowableOfType(
                LoginException.class,
                () -> new Connector()
                        .open(backend, Carrier.JDK, Map.of("user", "app"), new Credential.Plain(PASSWORD))
                        .close());
        assertThat(refused).isNotNull();
        assertThat(refused).hasMessageContaining("backend 127.0.0.1:" + server.port());
        assertThat(refused.getMessage()).doesNotContain(PASSWORD);
        return refused;
    }

    private LoginException refused(Handler login) {
        return refused(login, Duration.ofSeconds(10));
    }

    private static Handler saying(byte[]... messages) {
        return Handler.send(messages);
    }

    private static byte[][] behindOk(Stream<byte[]> messages) {
        return Stream.concat(Stream.of(authenticationOk()), messages).toArray(byte[][]::new);
    }

    private static Stream<byte[]> times(int count, byte[] message) {
        return IntStream.range(0, count).mapToObj(each -> message);
    }

    private static byte[] asks(int method, byte... more) {
        return message((byte) 'R', new byte[] {0, 0, 0, (byte) method}, more);
    }

    private static byte[] header(char tag, int length) {
        return new MessageBuilder().int8(tag).int32(length).toByteArray();
    }

    static Stream<Arguments> tooMuch() {
        byte[] large = parameter("p", "x".repeat(20_000));
        byte[] negotiation = message((byte) 'v', new byte[8]);
        return Stream.of(
                Arguments.of("more than 200 parameters", behindOk(times(201, parameter("p", "v")))),
                Arguments.of("more than 262144 bytes", behindOk(times(14, large))),
                Arguments.of("more than 100 notices", behindOk(times(101, notice("n")))),
                Arguments.of("more than 1 cancel key", behindOk(times(2, keyData(1, 2)))),
                Arguments.of("a cancel key of 3 bytes", behindOk(Stream.of(message((byte) 'K', new byte[7])))),
                Arguments.of("a cancel key of 257 bytes", behindOk(Stream.of(message((byte) 'K', new byte[261])))),
                Arguments.of("more than 1 negotiation", behindOk(times(2, negotiation))),
                Arguments.of("a message of 30001 bytes, more than 30000", new byte[][] {header('R', 30_001)}),
                Arguments.of("a message of 2147483647 bytes", new byte[][] {header('R', Integer.MAX_VALUE)}),
                Arguments.of("a message of -5 bytes", new byte[][] {header('R', -5)}),
                Arguments.of("a message of 0 bytes", new byte[][] {header('S', 0)}),
                Arguments.of("unexpected message type 0x44", behindOk(Stream.of(message((byte) 'D', new byte[2])))),
                Arguments.of("unexpected message type 0x5a", new byte[][] {ready('I')}));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void whatIsMoreThanAnyServerSaysIsNotListenedTo(String limit, byte[][] said) {
        LoginException refused = refused(saying(said));
        assertThat(refused).hasMessageContaining("broke the protocol at login: " + limit);
        assertThat(refused.error().sqlState()).isEqualTo(SqlState.PROTOCOL_VIOLATION);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 10, 12})
    void aPasswordIsAskedForOnce(int next) {
        LoginException refused = refused(connection -> {
            connection.send(asks(3));
            connection.expect("Password");
            connection.send(asks(next, (byte) 1, (byte) 2, (byte) 3, (byte) 4));
        });
        assertThat(refused).hasMessageContaining("asks again, for authentication method " + next);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 7, 9, 13, 127})
    void aMethodThatIsNotKnownIsNamed(int method) {
        assertThat(refused(saying(asks(method)))).hasMessageContaining("authentication method " + method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R", "R\0\0", "R\0\0\0\010\0"})
    void aMessageThatNeverEndsIsNotWaitedForBeyondTheTimeout(String beginning) {
        LoginException refused = refused(
                connection -> {
                    connection.send(beginning.getBytes(US_ASCII));
                    connection.waitForever();
                    connection.expectEnd();
                },
                Duration.ofMillis(200));
        assertThat(refused).hasMessageContaining("no answer within 200 ms").hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void parametersWithoutEndAreNotWaitedForEither() {
        LoginException refused = refused(connection -> {
            connection.send(authenticationOk());
            while (true) {
                connection.send(parameter("p", "x".repeat(2000)));
            }
        });
        assertThat(refused).hasMessageContaining("more than ");
    }

    /** @param first the challenge, where CLIENT is the nonce of the client */
    private static Handler scram(String first, String last) {
        return connection -> {
            connection.send(message((byte) 'R', "\0\0\0\nSCRAM-SHA-256\0\0".getBytes(US_ASCII)));
            String initial = new String(connection.read().body(), US_ASCII);
            String nonce = initial.substring(initial.indexOf("r=") + 2);
            connection.send(message((byte) 'R', ("\0\0\0\13" + first.replace("CLIENT", nonce)).getBytes(US_ASCII)));
            connection.read();
            connection.send(message((byte) 'R', ("\0\0\0\14" + last).getBytes(US_ASCII)), authenticationOk());
            connection.send(keyData(1, 2), ready('I'));
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r=other,s=SALT,i=4096 | nonce mismatch",
                "r=CLIENT,s=SALT,i=4096 | nonce mismatch",
                "r=CLIENTx,s=SALT,i=2147483648 | expected an iteration count from 1 to 1000000",
                "r=CLIENTx,s=SALT,i=1000001 | expected an iteration count from 1 to 1000000",
                "r=CLIENTx,s=SALT,i=0 | expected an iteration count from 1 to 1000000",
                "r=CLIENTx,s=SALT,i=-4096 | expected an iteration count from 1 to 1000000",
                "r=CLIENTx,s=*,i=4096 | expected base64",
                "m=ext,r=CLIENTx,s=SALT,i=4096 | an extension is required",
                "i=4096 | expected attribute",
                "r=CLIENTx,s=SALT,i=1 | the server does not know the password"
            })
    void aServerThatDoesNotProveThatItKnowsThePasswordGetsNoSession(String first, String why) {
        String signature = Base64.getEncoder().encodeToString(new byte[32]);
        LoginException refused = refused(scram(first.replace("SALT", SALT), "v=" + signature));
        assertThat(refused).hasMessageContaining("failed SCRAM authentication").hasMessageContaining(why);
        assertThat(refused.error().sqlState()).isEqualTo(SqlState.INVALID_AUTHORIZATION_SPECIFICATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"e=invalid-proof", "e=other-error", "v=", "v=AAAA", "x", ""})
    void norOneThatEndsTheExchangeOtherwise(String last) {
        assertThat(refused(scram("r=CLIENTx,s=" + SALT + ",i=1", last)))
                .hasMessageContaining("failed SCRAM authentication");
    }

    @Test
    void norOneThatLeavesTheProofOut() {
        LoginException refused = refused(connection -> {
            connection.send(message((byte) 'R', "\0\0\0\nSCRAM-SHA-256\0\0".getBytes(US_ASCII)));
            connection.read();
            connection.send(authenticationOk(), keyData(1, 2), ready('I'));
        });
        assertThat(refused).hasMessageContaining("the SASL exchange is out of order");
    }

    @Test
    void mechanismsWithoutEndAreNoList() {
        byte[] unended = "\0\0\0\nSCRAM-SHA-256\0".getBytes(US_ASCII);
        assertThat(refused(saying(message((byte) 'R', unended)))).hasMessageContaining("broke the protocol at login");
        byte[] other = "\0\0\0\nEXTERNAL\0\0".getBytes(US_ASCII);
        assertThat(refused(saying(message((byte) 'R', other)))).hasMessageContaining("EXTERNAL");
    }
}
