package pgrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.StartupPacket.CancelRequest;
import pgrouter.protocol.StartupPacket.GssEncRequest;
import pgrouter.protocol.StartupPacket.SslRequest;
import pgrouter.protocol.StartupPacket.StartupMessage;

final class StartupPacketTest {
    private static final long SEED = 5432;
    private static final int PROTOCOL_3_0 = 196608;
    private static final int PROTOCOL_3_2 = 196610;

    private static MessageBuilder packet(int code) {
        return new MessageBuilder().int32(code);
    }

    private static StartupPacket decode(MessageBuilder packet) throws ProtocolException {
        return StartupPacket.decode(packet.toByteArray());
    }

    @Test
    void encryptionIsAskedForByACode() throws ProtocolException {
        assertThat(decode(packet(80877103))).isEqualTo(new SslRequest());
        assertThat(decode(packet(80877104))).isEqualTo(new GssEncRequest());
    }

    @Test
    void aStartupMessageHasItsParametersInTheirOrder() throws ProtocolException {
        StartupPacket packet = decode(packet(PROTOCOL_3_2)
                .string("user")
                .string("é")
                .string("a")
                .string("")
                .int8(0));
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "é");
        parameters.put("a", "");
        assertThat(packet).isEqualTo(new StartupMessage(3, 2, parameters));
        assertThat(((StartupMessage) packet).parameters().keySet()).containsExactly("user", "a");
    }

    @Test
    void aStartupMessageWithoutParametersIsOne() throws ProtocolException {
        assertThat(decode(packet(PROTOCOL_3_0).int8(0))).isEqualTo(new StartupMessage(3, 0, Map.of()));
    }

    /** {@code ProcessStartupPacket}: a rule for a name of 63 bytes holds for each longer one that PostgreSQL takes for it. */
    @Test
    void namesOfRolesAndDatabasesAreCutAsByPostgresql() throws ProtocolException {
        String name = "x".repeat(62) + "y";
        StartupPacket packet = decode(packet(PROTOCOL_3_0)
                .string("user")
                .string(name + "z")
                .string("database")
                .string("é".repeat(31) + "xz")
                .string("application_name")
                .string(name + "z")
                .int8(0));
        assertThat(((StartupMessage) packet).parameters())
                .isEqualTo(Map.of("user", name, "database", "é".repeat(31) + "x", "application_name", name + "z"));
    }

    /** PostgreSQL takes the last one too. */
    @Test
    void ofTwoParametersOfOneNameTheLastCounts() throws ProtocolException {
        StartupPacket packet = decode(packet(PROTOCOL_3_0)
                .string("user")
                .string("a")
                .string("user")
                .string("b")
                .int8(0));
        assertThat(((StartupMessage) packet).parameters()).isEqualTo(Map.of("user", "b"));
    }

    @Test
    void whatPgrouterSendsItCanRead() throws ProtocolException {
        byte[] message = FrontendMessage.startup(Map.of("user", "u"));
        MessageReader body = new MessageReader(message, 4, message.length);
        assertThat(Bytes.int32(message, 0)).isEqualTo(message.length);
        assertThat(StartupPacket.decode(body.bytes(body.remaining())))
                .isEqualTo(new StartupMessage(3, 0, Map.of("user", "u")));
    }

    /** What stands in it is not known, so nothing of it is read. */
    @ParameterizedTest
    @ValueSource(ints = {2 << 16, 4 << 16 | 7, 0, -1, 1234 << 16 | 5677})
    void ofAnotherMajorVersionOnlyTheNumberIsRead(int code) throws ProtocolException {
        StartupPacket expected = new StartupMessage(code >>> 16, code & 0xffff, Map.of());
        assertThat(decode(packet(code).string("user"))).isEqualTo(expected);
        assertThat(decode(packet(code))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 32, 256})
    void aCancelRequestHasAKey(int length) throws ProtocolException {
        byte[] secret = new byte[length];
        new Random(SEED).nextBytes(secret);
        CancelRequest request =
                (CancelRequest) decode(packet(80877102).int32(-5).bytes(secret));
        assertThat(request.processId()).isEqualTo(-5);
        assertThat(request.secret()).isEqualTo(secret);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 257, 9_000})
    void aKeyOfAnotherLengthIsRefused(int length) {
        assertThatThrownBy(() -> decode(packet(80877102).int32(1).bytes(new byte[length])))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("invalid length of cancel request packet");
    }

    @Test
    void aSecretIsNotPrinted() {
        assertThat(new CancelRequest(1, new byte[] {71, 72}).toString()).doesNotContain("71, 72", "GH");
    }

    @Test
    void aPacketThatIsCutOffIsRefused() {
        byte[] whole = packet(PROTOCOL_3_0).string("user").string("u").int8(0).toByteArray();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> StartupPacket.decode(cut)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void nothingStandsBehindTheTerminator() {
        assertThatThrownBy(() -> decode(
                        packet(PROTOCOL_3_0).string("user").string("u").int8(0).int8(0)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("invalid startup packet layout: expected terminator as last byte");
    }

    /** The text goes to the client and the log, and a parameter may hold a secret. */
    @Test
    void anErrorDoesNotQuoteThePacket() {
        assertThatThrownBy(() -> decode(
                        packet(PROTOCOL_3_0).string("options").bytes("hunter2".getBytes(StandardCharsets.US_ASCII))))
                .isInstanceOf(ProtocolException.class)
                .message()
                .doesNotContain("hunter2", "options");
    }

    @Test
    void hostilePacketsAreReadOrRefused() {
        Random random = new Random(SEED);
        int[] codes = {PROTOCOL_3_0, PROTOCOL_3_2, 80877102, 80877103, 80877104};
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] body = new byte[random.nextInt(60)];
            random.nextBytes(body);
            MessageBuilder packet = random.nextInt(10) == 0 ? new MessageBuilder() : packet(codes[random.nextInt(5)]);
            refused += isRead(packet.bytes(body).toByteArray()) ? 0 : 1;
        }
        assertThat(refused).isBetween(15_000, 45_000);
    }

    private static boolean isRead(byte[] packet) {
        try {
            return StartupPacket.decode(packet) != null;
        } catch (ProtocolException refused) {
            return false;
        }
    }
}
