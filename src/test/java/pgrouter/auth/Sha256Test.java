package pgrouter.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions under SCRAM, against published vectors. */
final class Sha256Test {
    /** RFC 7914 section 11, the first 32 of 64 bytes. */
    @ParameterizedTest
    @CsvSource({
        "passwd, salt, 1, 55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc",
        "Password, NaCl, 80000, 4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
    })
    void hiIsPbkdf2(String password, String salt, int iterations, String expected) {
        assertThat(Sha256.hi(password.getBytes(US_ASCII), salt.getBytes(US_ASCII), iterations))
                .isEqualTo(HexFormat.of().parseHex(expected));
    }

    /** HMAC_SHA256("", ""), well known. */
    @Test
    void anEmptyKeyIsAKey() {
        assertThat(Sha256.hmac(new byte[0], ""))
                .isEqualTo(HexFormat.of().parseHex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
    }
}
