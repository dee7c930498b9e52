package pgrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits are those of SocketBackend in postgres.c: MaxAllocSize - 1, or 10 000 bytes. */
final class FrontendTagTest {
    @ParameterizedTest
    @ValueSource(chars = {'Q', 'F', 'B', 'P', 'd'})
    void whatCarriesDataMayBeLarge(char tag) {
        assertThat(FrontendTag.maximumLength((byte) tag)).isEqualTo(1_073_741_822);
    }

    @ParameterizedTest
    @ValueSource(chars = {'C', 'D', 'E', 'H', 'S', 'X', 'c', 'f'})
    void anyOtherMessageIsSmall(char tag) {
        assertThat(FrontendTag.maximumLength((byte) tag)).isEqualTo(10_000);
    }

    /** 'p' too: after login nobody asks for a password. */
    @Test
    void noOtherByteBeginsAMessage() {
        for (int tag = Byte.MIN_VALUE; tag <= Byte.MAX_VALUE; tag++) {
            if ("QFBPdCDEHSXcf".indexOf(tag) < 0) {
                assertThat(FrontendTag.maximumLength((byte) tag))
                        .as("tag %d", tag)
                        .isZero();
            }
        }
    }
}
