package pgrouter.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.Md5Password;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.Stage;

/** The message with an MD5 hash holds that and nothing else, as PostgreSQL has it. */
final class PasswordPacketTest {
    @RegisterExtension
    private final Stage stage = Stage.with(1);

    private FakeClient client;

    @BeforeEach
    void dial() throws Exception {
        client = stage.dial();
    }

    /** @return the salt */
    private byte[] begin() throws Exception {
        client.send(Frontend.startup(PROTOCOL_3_0, Map.of("user", Stage.USER, "database", "app")));
        byte[] request = new byte[1 + 4 + 4 + 4];
        for (int i = 0; i < request.length; i++) {
            request[i] = client.readByte();
        }
        assertThat(request[8]).as("authentication by MD5").isEqualTo((byte) 5);
        return Arrays.copyOfRange(request, request.length - 4, request.length);
    }

    private static byte[] right(byte[] salt) {
        return Md5Password.response(Md5Password.hash(Stage.USER, Stage.PASSWORD), salt)
                .getBytes(UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0x", "\0\0", "\0md5"})
    void whatFollowsTheHashIsAnError(String more) throws Exception {
        byte[] salt = begin();
        client.send(Frontend.message((byte) 'p', right(salt), more.getBytes(UTF_8)));
        client.expect("FATAL 08P01 invalid password packet size");
    }

    @Test
    void aHashWithoutItsEndIsAnError() throws Exception {
        client.send(Frontend.message((byte) 'p', right(begin())));
        client.expect("FATAL 08P01 a string in the message has no terminator");
    }

    @Test
    void nothingIsNoPassword() throws Exception {
        begin();
        client.send(Frontend.message((byte) 'p', new byte[1]));
        client.expect("FATAL 28P01 empty password returned by client");
    }
}
