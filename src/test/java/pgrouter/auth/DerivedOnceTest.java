package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What takes long to derive is derived once. */
final class DerivedOnceTest {
    private final DerivedOnce<String> derived = new DerivedOnce<>(2);
    private final AtomicInteger derivations = new AtomicInteger();

    @Test
    void whoAsksAtTheSameTimeWaitsForTheFirst() throws Exception {
        CountDownLatch asking = new CountDownLatch(4);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(threads.submit(() -> {
                    asking.countDown();
                    return derived.of("key", () -> {
                        derivations.incrementAndGet();
                        awaitAll(asking);
                        return "value";
                    });
                }));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("value");
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
        assertThatThrownBy(() -> derived.of("key", this::failingOnce)).hasRootCauseMessage("a fault");
        assertThat(derived.of("key", this::failingOnce)).isEqualTo("value");
    }

    private String failingOnce() {
        if (derivations.incrementAndGet() == 1) {
            throw new IllegalStateException("a fault");
        }
        return "value";
    }
}
