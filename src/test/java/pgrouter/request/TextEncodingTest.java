package pgrouter.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the bytes of a text mean what they look like. */
final class TextEncodingTest {
    private static final byte[] ASCII = {'a', '\\', '\''};
    private static final byte[] HIGH = {'a', (byte) 0x95, '\\', '\''};

    @ParameterizedTest
    @ValueSource(strings = {"UTF8", "LATIN1", "SQL_ASCII", "EUC_JP", "WIN1252"})
    void encodingsOfTheServerAreReadable(String name) {
        TextEncoding encoding = TextEncoding.of(Map.of("client_encoding", name));
        assertThat(encoding.isReadable(HIGH, 0, HIGH.length)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SJIS", "sjis", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFT_JIS_2004"})
    void encodingsForClientsOnlyAreReadableWhereTheTextIsAscii(String name) {
        TextEncoding encoding = TextEncoding.of(Map.of("client_encoding", name));
        assertThat(encoding.isReadable(ASCII, 0, ASCII.length)).isTrue();
        assertThat(encoding.isReadable(HIGH, 0, HIGH.length)).isFalse();
        assertThat(encoding.isReadable(HIGH, 2, HIGH.length)).isTrue();
    }

    @Test
    void stringsAreStandardUnlessTheServerSaysOtherwise() {
        assertThat(TextEncoding.of(Map.of()).standardStrings()).isTrue();
        assertThat(TextEncoding.of(Map.of("standard_conforming_strings", "on")).standardStrings())
                .isTrue();
        assertThat(TextEncoding.of(Map.of("standard_conforming_strings", "off")).standardStrings())
                .isFalse();
    }
}
