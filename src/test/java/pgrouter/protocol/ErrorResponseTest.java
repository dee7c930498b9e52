package pgrouter.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErrorResponseTest {
    private static final long SEED = 5432;

    /** @param fields with {@code |} for the zero byte */
    private static ErrorResponse decode(String fields) {
        byte[] body = fields.replace('|', '\0').getBytes(StandardCharsets.UTF_8);
        return ErrorResponse.decode(body, 0, body.length);
    }

    @Test
    void itIsEncodedInTheOrderOfPostgres() {
        byte[] message = ErrorResponse.fatal("08P01", "no").encode();
        assertThat(message[0]).isEqualTo((byte) 'E');
        assertThat(Bytes.int32(message, 1)).isEqualTo(message.length - 1);
        assertThat(new String(message, 5, message.length - 5, StandardCharsets.UTF_8).replace('\0', '|'))
                .isEqualTo("SFATAL|VFATAL|C08P01|Mno||");
    }

    @Test
    void whatIsEncodedIsDecoded() {
        ErrorResponse error = ErrorResponse.error("57P03", "wait é");
        byte[] message = error.encode();
        assertThat(ErrorResponse.decode(message, 5, message.length)).isEqualTo(error);
    }

    @Test
    void theUntranslatedSeverityCounts() {
        assertThat(decode("SFEHLER|VERROR|C42P01|Mx|Hhint|Fparse.c|L12|Rf||"))
                .isEqualTo(new ErrorResponse("ERROR", "42P01", "x", "f"));
        assertThat(decode("VFATAL|SERROR|C57P01||").severity()).isEqualTo("FATAL");
        assertThat(decode("SPANIC|C57P01|Mx||").severity()).isEqualTo("PANIC");
    }

    @ParameterizedTest
    @CsvSource({"ERROR, false", "FATAL, true", "PANIC, true"})
    void allButAnErrorEndTheConnection(String severity, boolean ends) {
        assertThat(new ErrorResponse(severity, "XX000", "", "").endsConnection())
                .isEqualTo(ends);
    }

    @Test
    void aBodyThatIsCutOffStillSaysWhatItIs() {
        assertThat(decode("SERROR|VERROR|C25006|Mcannot exe")).isEqualTo(ErrorResponse.error("25006", ""));
        assertThat(decode("SERROR|VERROR|C25006|")).isEqualTo(ErrorResponse.error("25006", ""));
        assertThat(decode("SERROR|VERROR|C250")).isEqualTo(ErrorResponse.error("XXXXX", ""));
        assertThat(decode("")).isEqualTo(ErrorResponse.error("XXXXX", ""));
    }

    @Test
    void whatStandsBehindTheEndIsNotRead() {
        byte[] body = "SERROR\0C25006\0Mab\0\0".getBytes(StandardCharsets.US_ASCII);
        assertThat(ErrorResponse.decode(body, 0, 14)).isEqualTo(ErrorResponse.error("25006", ""));
        assertThat(ErrorResponse.decode(body, 7, body.length)).isEqualTo(ErrorResponse.error("25006", "ab"));
        assertThat(decode("SERROR|C25006||C42P01||").sqlState()).isEqualTo("25006");
    }

    @Test
    void hostileBytesAreAnErrorToo() {
        Random random = new Random(SEED);
        byte[] fields = {'S', 'V', 'C', 'M', 0, 'x'};
        for (int i = 0; i < 50_000; i++) {
            byte[] body = new byte[random.nextInt(40)];
            for (int at = 0; at < body.length; at++) {
                body[at] = random.nextBoolean() ? fields[random.nextInt(fields.length)] : (byte) random.nextInt();
            }
            ErrorResponse error = ErrorResponse.decode(body, 0, body.length);
            assertThat(error.severity()).isNotNull();
            assertThat(error.sqlState()).isNotNull();
            assertThat(error.message()).isNotNull();
        }
    }
}
