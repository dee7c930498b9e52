package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A salted password is derived once, and no password is kept. */
final class SaltedPasswordsTest {
    private static final byte[] SALT = "salt".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER_SALT = "pepper".getBytes(StandardCharsets.US_ASCII);

    private final SaltedPasswords passwords = new SaltedPasswords(new KeyedHash(new byte[32]), 2, Sha256::hi);

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

    @Test
    void whoAsksAtTheSameTimeWaitsForTheFirst() throws Exception {
        AtomicInteger derivations = new AtomicInteger();
        CountDownLatch asking = new CountDownLatch(4);
        SaltedPasswords slow = new SaltedPasswords(new KeyedHash(new byte[32]), 2, (password, salt, iterations) -> {
            derivations.incrementAndGet();
            awaitAll(asking);
            return Sha256.hi(password, salt, iterations);
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(threads.submit(() -> {
                    asking.countDown();
                    return slow.of("secret", SALT, 100);
                }));
            }
            for (Future<byte[]> answer : answers) {
                assertThat(answer.get()).isEqualTo(derived("secret", SALT, 100));
            }
        }
        assertThat(derivations).hasValue(1);
    }

    private static void awaitAll(CountDownLatch asking) {
        try {
            asking.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void afterAFaultItIsDerivedAgain() {
        AtomicInteger derivations = new AtomicInteger();
        SaltedPasswords failing = new SaltedPasswords(new KeyedHash(new byte[32]), 2, (password, salt, iterations) -> {
            if (derivations.incrementAndGet() == 1) {
                throw new IllegalStateException("a fault");
            }
            return Sha256.hi(password, salt, iterations);
        });
        assertThatThrownBy(() -> failing.of("secret", SALT, 100)).hasRootCauseMessage("a fault");
        assertThat(failing.of("secret", SALT, 100)).isEqualTo(derived("secret", SALT, 100));
    }
}
