package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import pgrouter.auth.PasswordSource.Unavailable;

/** Users who are not in the file are asked for at a server, and what it says is believed for some seconds. */
class UsersTest {
    private static final String VERIFIER =
            ScramVerifier.of("secret", new byte[20], 2000).text();
    private static final String MD5 = "md5" + "0123456789abcdef".repeat(2);

    private final List<String> asked = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private Map<String, String> stored = Map.of("scram", VERIFIER, "md5", MD5, "odd", "SCRAM-SHA-512$1:a$b:c");
    private Optional<Unavailable> failure = Optional.empty();

    private synchronized Optional<String> passwordOf(String user) throws Unavailable {
        asked.add(user);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return Optional.ofNullable(stored.get(user));
    }

    private final RecentPasswords recent = new RecentPasswords(this::passwordOf, now::get);

    private Users users(String authDb) throws AuthDbException {
        return new Users(AuthDb.parse(authDb, "authdb"), this::passwordOf);
    }

    @Test
    void bothKindsOfPasswordsAreUnderstood() throws Exception {
        assertThat(recent.of("scram"))
                .containsInstanceOf(Credential.Scram.class)
                .map(Credential::fingerprint)
                .contains(new Credential.Scram(ScramVerifier.parse(VERIFIER)).fingerprint());
        assertThat(recent.of("md5")).contains(new Credential.Md5(MD5));
    }

    @Test
    void thoseOfTheFileAreNotAskedFor() throws Exception {
        assertThat(users("scram plain other").find("scram")).contains(new Credential.Plain("other"));
        assertThat(asked).isEmpty();
        assertThat(users("other plain other").find("md5")).isPresent();
        assertThat(asked).containsExactly("md5");
    }

    @Test
    void anAnswerIsBelievedForSomeSeconds() throws Exception {
        recent.of("scram");
        now.addAndGet(RecentPasswords.BELIEVED.minus(Duration.ofNanos(1)).toNanos());
        assertThat(recent.of("scram")).isPresent();
        assertThat(asked).hasSize(1);
        stored = Map.of();
        now.addAndGet(1);
        assertThat(recent.of("scram")).isEmpty();
        assertThat(asked).hasSize(2);
    }

    @Test
    void soIsThatThereIsNoSuchUser() throws Exception {
        assertThat(recent.of("nobody")).isEmpty();
        assertThat(recent.of("nobody")).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aFailedLoginMakesItAskAgain() throws Exception {
        recent.of("scram");
        stored = Map.of("scram", MD5);
        recent.forget("scram");
        assertThat(recent.of("scram")).contains(new Credential.Md5(MD5));
    }

    @Test
    void nameThatNoRoleCanHaveIsNotAskedFor() throws Exception {
        assertThat(recent.of("x".repeat(64))).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void whatItDoesNotUnderstandIsNotShown() {
        assertThatThrownBy(() -> recent.of("odd"))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("SCRAM-SHA-256$ITERATIONS")
                .hasMessageNotContaining("512");
    }

    @Test
    void aFailureIsNotRemembered() throws Exception {
        failure = Optional.of(new Unavailable("gone"));
        assertThatThrownBy(() -> recent.of("scram")).isSameAs(failure.get());
        failure = Optional.empty();
        now.incrementAndGet();
        assertThat(recent.of("scram")).isPresent();
    }

    /** Where the server does not answer, all who wait would else wait for its timeout one after the other. */
    @Test
    void whoHasWaitedForAFailureTakesItOver() throws Exception {
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch fail = new CountDownLatch(1);
        RecentPasswords slow = new RecentPasswords(
                user -> {
                    asking.countDown();
                    fail.await();
                    return passwordOf(user);
                },
                now::incrementAndGet);
        failure = Optional.of(new Unavailable("gone"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = threads.submit(() -> slow.of("a"));
            asking.await();
            CountDownLatch came = new CountDownLatch(1);
            Future<?> second = threads.submit(() -> {
                came.countDown();
                return slow.of("b");
            });
            came.await();
            while (slow.waiting() == 0) {
                Thread.onSpinWait();
            }
            fail.countDown();
            assertThatThrownBy(first::get).cause().isSameAs(failure.get());
            assertThatThrownBy(second::get).cause().isSameAs(failure.get());
        }
        assertThat(asked).containsExactly("a");
    }

    @Test
    void aStrangerIsAskedAsTheOthersAre() throws Exception {
        Users users = users("");
        assertThat(users.imitation("stranger", false))
                .isInstanceOfSatisfying(
                        Credential.Scram.class,
                        made -> assertThat(made.verifier().iterations()).isEqualTo(ScramVerifier.DEFAULT_ITERATIONS));
        users.find("scram");
        assertThat(users.imitation("stranger", false)).isInstanceOfSatisfying(Credential.Scram.class, made -> {
            assertThat(made.verifier().iterations()).isEqualTo(2000);
            assertThat(made.verifier().salt()).hasSize(20);
        });
        users.find("md5");
        assertThat(users.imitation("stranger", false)).isInstanceOf(Credential.Md5.class);
        assertThat(users.imitation("stranger", true)).isInstanceOf(Credential.Scram.class);
    }
}
