package pgrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageReaderTest {
    private static final long SEED = 5432;

    private static MessageReader reader(int... bytes) {
        byte[] body = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            body[i] = (byte) bytes[i];
        }
        return new MessageReader(body);
    }

    @Test
    void numbersAreBigEndian() throws ProtocolException {
        MessageReader reader = reader(0xff, 0xff, 0xfe, 0x80, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff);
        assertThat(reader.int8()).isEqualTo((byte) -1);
        assertThat(reader.int16()).isEqualTo(0xfffe);
        assertThat(reader.int32()).isEqualTo(0x80000001);
        assertThat(reader.int32()).isEqualTo(Integer.MAX_VALUE);
        assertThat(reader.remaining()).isZero();
    }

    @Test
    void aStringEndsAtItsZeroByte() throws ProtocolException {
        MessageReader reader = new MessageReader("é\0\0x\0".getBytes(StandardCharsets.UTF_8));
        assertThat(reader.string()).isEqualTo("é");
        assertThat(reader.position()).isEqualTo(3);
        assertThat(reader.string()).isEmpty();
        reader.skipString();
        assertThat(reader.remaining()).isZero();
    }

    @Test
    void bytesAreCopied() throws ProtocolException {
        byte[] body = {1, 2, 3};
        byte[] first = new MessageReader(body).bytes(2);
        body[0] = 9;
        assertThat(first).containsExactly(1, 2);
        assertThat(new MessageReader(body).bytes(0)).isEmpty();
    }

    @Test
    void onlyThePartOfTheArrayIsRead() throws ProtocolException {
        byte[] array = "abc\0d\0".getBytes(StandardCharsets.US_ASCII);
        assertThat(new MessageReader(array, 1, 4).string()).isEqualTo("bc");
        assertThatThrownBy(() -> new MessageReader(array, 1, 3).string()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> new MessageReader(array, 1, 4).int32()).isInstanceOf(ProtocolException.class);
    }

    @Test
    void aBodyThatEndsTooEarlyIsRefused() {
        assertThatThrownBy(() -> reader().int8()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> reader(1).int16()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> reader(1, 2, 3).int32()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> reader().string()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> reader('a').string()).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> reader('a').skipString()).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aLengthBeyondTheBodyIsRefusedBeforeAnythingIsAllocated(int length) {
        assertThatThrownBy(() -> reader(1, 2).bytes(length))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("insufficient data left in the message");
    }

    /** Any order of reads over any bytes: a value, or a ProtocolException, and never beyond the end. */
    @Test
    void hostileBytesAreReadOrRefused() {
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] body = new byte[random.nextInt(40)];
            random.nextBytes(body);
            refused += readAll(new MessageReader(body), random) ? 0 : 1;
        }
        assertThat(refused).isBetween(10_000, 20_000);
    }

    private static boolean readAll(MessageReader reader, Random random) {
        try {
            while (reader.remaining() > 0) {
                switch (random.nextInt(6)) {
                    case 0 -> reader.int8();
                    case 1 -> reader.int16();
                    case 2 -> reader.int32();
                    case 3 -> reader.string();
                    case 4 -> reader.skipString();
                    default -> reader.bytes(random.nextInt(-1, 8));
                }
            }
            return true;
        } catch (ProtocolException refused) {
            assertThat(reader.remaining()).isNotNegative();
            return false;
        }
    }
}
