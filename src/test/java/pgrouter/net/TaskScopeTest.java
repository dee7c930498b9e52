package pgrouter.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class TaskScopeTest {
    private static Void sleepForEver() throws InterruptedException {
        new CountDownLatch(1).await();
        return null;
    }

    @Test
    void aChildsValueIsItsFutures() throws Exception {
        try (TaskScope scope = new TaskScope("child")) {
            assertThat(scope.fork(() -> 42).get()).isEqualTo(42);
        }
    }

    @Test
    void aChildsFailureIsItsFutures() {
        try (TaskScope scope = new TaskScope("child")) {
            Future<Object> child = scope.fork(() -> {
                throw new IOException("lost");
            });
            assertThatThrownBy(child::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .hasMessage("lost");
        }
    }

    @Test
    void childrenAreVirtualThreadsWithTheNameOfTheScope() throws Exception {
        try (TaskScope scope = new TaskScope("probe")) {
            assertThat(scope.fork(Thread::currentThread).get().isVirtual()).isTrue();
            assertThat(scope.fork(() -> Thread.currentThread().getName()).get()).isEqualTo("probe-2");
        }
    }

    @Test
    void childrenRunOnTheCarrierOfTheirScopeWhoeverOwnsIt() throws Exception {
        Carrier apart = Carriers.start(1).apart("apart");
        try (TaskScope scope = new TaskScope("child", apart)) {
            assertThat(scope.fork(() -> Thread.currentThread().toString()).get())
                    .contains("child-1")
                    .endsWith("@apart");
            assertThat(scope.fork(TaskScopeTest::ofGrandchild).get()).endsWith("@apart");
        }
    }

    private static String ofGrandchild() throws InterruptedException, ExecutionException {
        try (TaskScope scope = new TaskScope("grandchild")) {
            return scope.fork(() -> Thread.currentThread().toString()).get();
        }
    }

    /** What the child does after its interruption needs somebody else, so that it cannot be over at once. */
    @Test
    void leavingTheBlockInterruptsTheChildrenAndAwaitsTheirEnd() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Thread.ofVirtual().start(() -> {
            awaitQuietly(interrupted);
            mayEnd.countDown();
        });
        Future<Void> child;
        try (TaskScope scope = new TaskScope("child")) {
            child = scope.fork(() -> {
                running.countDown();
                try {
                    return sleepForEver();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    mayEnd.await();
                    ended.set(true);
                    throw e;
                }
            });
            running.await();
        }
        assertThat(ended).isTrue();
        assertThat(child.isDone()).isTrue();
    }

    @Test
    void aBlockThatIsLeftByAnExceptionLeavesNoChildBehind() throws InterruptedException {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(1);
        assertThatThrownBy(() -> {
                    try (TaskScope scope = new TaskScope("child")) {
                        Future<Void> unused = scope.fork(() -> {
                            thread.set(Thread.currentThread());
                            running.countDown();
                            return sleepForEver();
                        });
                        running.await();
                        throw new IOException("lost");
                    }
                })
                .hasMessage("lost");
        assertThat(thread.get().join(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void anInterruptedOwnerAwaitsItsChildrenAllTheSame() throws InterruptedException {
        AtomicReference<Thread> child = new AtomicReference<>();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        Thread owner = Thread.ofVirtual().start(() -> {
            try (TaskScope scope = new TaskScope("child")) {
                Future<Void> unused = scope.fork(() -> {
                    child.set(Thread.currentThread());
                    running.countDown();
                    return sleepForEver();
                });
                awaitQuietly(running);
                Thread.currentThread().interrupt();
            }
            left.countDown();
        });
        left.await();
        assertThat(child.get().getState()).isEqualTo(Thread.State.TERMINATED);
        owner.join();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
