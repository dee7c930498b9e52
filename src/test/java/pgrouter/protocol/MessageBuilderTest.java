package pgrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class MessageBuilderTest {
    @Test
    void theLengthCountsItselfButNotTheTag() {
        byte[] message = new MessageBuilder().begin((byte) 'S').finish().toByteArray();
        assertThat(message).containsExactly('S', 0, 0, 0, 4);
    }

    @Test
    void fieldsStandInTheirOrder() {
        byte[] message = new MessageBuilder()
                .begin((byte) 'X')
                .int8(0x1ff)
                .int16(0x1234)
                .int32(-2)
                .string("é")
                .bytes(new byte[] {7, 8, 9}, 1, 1)
                .finish()
                .toByteArray();
        assertThat(message)
                .containsExactly('X', 0, 0, 0, 15, 0xff, 0x12, 0x34, 0xff, 0xff, 0xff, 0xfe, 0xc3, 0xa9, 0, 8);
    }

    @Test
    void aMessageOfTheStartupPhaseHasNoTag() {
        assertThat(new MessageBuilder().beginUntagged().int32(5).finish().toByteArray())
                .containsExactly(0, 0, 0, 8, 0, 0, 0, 5);
    }

    @Test
    void eachMessageHasItsOwnLength() {
        MessageBuilder builder = new MessageBuilder()
                .begin((byte) 'A')
                .int8(1)
                .finish()
                .begin((byte) 'B')
                .finish();
        assertThat(builder.toByteArray()).containsExactly('A', 0, 0, 0, 5, 1, 'B', 0, 0, 0, 4);
    }

    @Test
    void itGrowsAsMuchAsNeeded() {
        byte[] large = new byte[100_000];
        new Random(5432).nextBytes(large);
        byte[] message =
                new MessageBuilder().begin((byte) 'd').bytes(large).finish().toByteArray();
        assertThat(message).hasSize(100_005).endsWith(large);
        assertThat(Bytes.int32(message, 1)).isEqualTo(100_004);
    }

    @Test
    void itGrowsByteByByte() {
        MessageBuilder builder = new MessageBuilder().begin((byte) 'd');
        for (int i = 0; i < 10_000; i++) {
            builder.int8(i);
        }
        byte[] message = builder.finish().toByteArray();
        for (int i = 0; i < 10_000; i++) {
            assertThat(message[5 + i]).isEqualTo((byte) i);
        }
    }

    @Test
    void itIsEmptyUntilSomethingIsWritten() {
        assertThat(new MessageBuilder().isEmpty()).isTrue();
        assertThat(new MessageBuilder().int8(0).isEmpty()).isFalse();
    }

    @Test
    void theReaderReadsWhatTheBuilderWrote() throws ProtocolException {
        byte[] body = new MessageBuilder()
                .int8(-3)
                .int16(65_535)
                .int32(1 << 30)
                .string("a b")
                .bytes(new byte[] {4})
                .toByteArray();
        MessageReader reader = new MessageReader(body);
        assertThat(reader.int8()).isEqualTo((byte) -3);
        assertThat(reader.int16()).isEqualTo(65_535);
        assertThat(reader.int32()).isEqualTo(1 << 30);
        assertThat(reader.string()).isEqualTo("a b");
        assertThat(reader.bytes(reader.remaining())).containsExactly(4);
    }
}
