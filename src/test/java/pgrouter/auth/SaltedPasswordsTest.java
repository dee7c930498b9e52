package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A salted password is derived once, and no password is kept. */
final class SaltedPasswordsTest {
    private static final byte[] SALT = "salt".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER_SALT = "pepper".getBytes(StandardCharsets.US_ASCII);

    private final SaltedPasswords passwords = new SaltedPasswords(new KeyedHash(new byte[32]), 2);

    private static byte[] derived(String password, byte[] salt, int iterations) {
        return Sha256.hi(password.getBytes(StandardCharsets.UTF_8), salt, iterations);
    }

    @Test
    void itIsWhatPbkdf2GivesAndStaysSo() {
        assertThat(passwords.of("secret", SALT, 100)).isEqualTo(derived("secret", SALT, 100));
        assertThat(passwords.of("secret", SALT, 100)).isEqualTo(derived("secret", SALT, 100));
        assertThat(passwords.size()).isEqualTo(1);
    }

    @Test
    void passwordSaltAndIterationsAreToldApart() {
        assertThat(passwords.of("secret", SALT, 100)).isEqualTo(derived("secret", SALT, 100));
        assertThat(passwords.of("secret", OTHER_SALT, 100)).isEqualTo(derived("secret", OTHER_SALT, 100));
        assertThat(passwords.of("secret", SALT, 101)).isEqualTo(derived("secret", SALT, 101));
        assertThat(passwords.of("secreT", SALT, 100)).isEqualTo(derived("secreT", SALT, 100));
        assertThat(passwords.size()).as("the capacity").isEqualTo(2);
    }

    @Test
    void whoWipesItsCopyTakesItFromNobody() {
        Arrays.fill(passwords.of("secret", SALT, 100), (byte) 0);
        Arrays.fill(passwords.of("secret", SALT, 100), (byte) 0);
        assertThat(passwords.of("secret", SALT, 100)).isEqualTo(derived("secret", SALT, 100));
    }
}
