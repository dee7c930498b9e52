package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MD5 authentication as PostgreSQL has it. */
final class Md5PasswordTest {
    /** What PostgreSQL 15 keeps for the role "m" with the password "correct horse". */
    private static final String HASH = "35491143bb73bbba5ba669b992cdee3b";

    private static final byte[] SALT = {1, 2, (byte) 0xfe, (byte) 0xff};
    private static final String RESPONSE = "md59126219c5bcbca679b2639afd4cb70d9";

    @Test
    void theHashIsThatOfPostgresql() {
        assertThat(Md5Password.hash("m", "correct horse")).isEqualTo(HASH);
    }

    @Test
    void theResponseIsSalted() {
        assertThat(Md5Password.response(HASH, SALT)).isEqualTo(RESPONSE);
    }

    @Test
    void onlyTheRightResponseMatches() {
        assertThat(Md5Password.matches(HASH, SALT, RESPONSE)).isTrue();
        assertThat(Md5Password.matches(HASH, new byte[4], RESPONSE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "md5", HASH, "md5" + HASH, RESPONSE + "0", "correct horse", "\u00e9"})
    void anythingElseDoesNot(String response) {
        assertThat(Md5Password.matches(HASH, SALT, response)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {HASH, "md5" + HASH, "MD535491143BB73BBBA5BA669B992CDEE3B"})
    void aKeptHashMayHaveAPrefixAndAnyCase(String written) {
        assertThat(new Credential.Md5(written).hash()).isEqualTo(HASH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "md5", "35491143bb73bbba5ba669b992cdee3", HASH + "0", "g5491143bb73bbba5ba669b992cdee3b"})
    void anythingElseIsNoHash(String written) {
        assertThatThrownBy(() -> new Credential.Md5(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an MD5 hash of 32 hexadecimal digits");
    }

    @Test
    void showsNothing() {
        assertThat(new Credential.Md5(HASH).toString()).doesNotContain(HASH);
        assertThat(new Credential.Plain("correct horse").toString()).doesNotContain("correct horse");
    }
}
