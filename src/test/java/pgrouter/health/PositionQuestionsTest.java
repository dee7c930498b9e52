package pgrouter.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pgrouter.testing.Await;

/** Threads wait for the position of a node, and share the questions. */
@Timeout(60)
final class PositionQuestionsTest {
    private static final long LONG = Duration.ofMinutes(1).toNanos();

    private final Semaphore woken = new Semaphore(0);
    private final PositionQuestions questions = new PositionQuestions(woken::release);

    private CompletableFuture<Boolean> waiter(long since) {
        return waiter(since, LONG);
    }

    private CompletableFuture<Boolean> waiter(long since, long patience) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(questions.await(since, System.nanoTime() + patience));
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Waits until the node is to be asked at once. */
    private void awaitWish() throws InterruptedException {
        assertThat(woken.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        Await.until("the node is to be asked", () -> questions.dueIn() == 0);
    }

    private void ask() {
        questions.begins();
        questions.ends();
    }

    @Test
    void nothingIsAskedWhileNobodyWaits() {
        assertThat(questions.dueIn()).isEqualTo(PositionQuestions.NEVER);
        ask();
        assertThat(questions.dueIn()).isEqualTo(PositionQuestions.NEVER);
    }

    @Test
    void aThreadTakesTheAnswerToAQuestionThatWasSentAfterItsTime() throws Exception {
        CompletableFuture<Boolean> waits = waiter(System.nanoTime());
        awaitWish();
        ask();
        assertThat(waits.get()).isTrue();
        assertThat(questions.dueIn()).isEqualTo(PositionQuestions.NEVER);
    }

    @Test
    void anAnswerThatIsThereNeedsNoQuestion() throws Exception {
        long before = System.nanoTime();
        ask();
        assertThat(waiter(before).get()).isTrue();
        assertThat(woken.availablePermits()).isZero();
    }

    @Test
    void aQuestionThatWasSentBeforeIsNoAnswer() throws Exception {
        questions.begins();
        CompletableFuture<Boolean> waits = waiter(System.nanoTime());
        awaitWish();
        questions.ends();
        assertThat(waits).isNotDone();
        assertThat(questions.dueIn()).isZero();
        ask();
        assertThat(waits.get()).isTrue();
    }

    @Test
    void allThreadsShareOneQuestion() throws Exception {
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        long since = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            all.add(waiter(since));
        }
        awaitWish();
        ask();
        for (CompletableFuture<Boolean> each : all) {
            assertThat(each.get()).isTrue();
        }
        assertThat(questions.dueIn()).isEqualTo(PositionQuestions.NEVER);
    }

    @Test
    void aNodeIsNotAskedBeforeTheTimeThatAThreadWants() throws Exception {
        CompletableFuture<Boolean> waits = waiter(System.nanoTime() + LONG / 2);
        assertThat(woken.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        assertThat(questions.dueIn()).isBetween(LONG / 4, LONG / 2);
        questions.close();
        assertThat(waits.get()).isFalse();
    }

    @Test
    void aThreadThatGivesUpTakesItsQuestionAlong() throws Exception {
        assertThat(waiter(System.nanoTime(), Duration.ofMillis(1).toNanos()).get())
                .isFalse();
        assertThat(questions.dueIn()).isEqualTo(PositionQuestions.NEVER);
    }

    @Test
    void aNodeThatHasNotAnsweredForLongerIsNotWaitedFor() throws Exception {
        questions.begins();
        long asked = System.nanoTime();
        Await.until("a millisecond is over", () -> System.nanoTime() - asked > 1_000_000);
        CompletableFuture<Boolean> impatient = waiter(asked, 1_000_000);
        assertThat(impatient.get()).isFalse();
        CompletableFuture<Boolean> patient = waiter(asked);
        awaitWish();
        questions.ends();
        ask();
        assertThat(patient.get()).isTrue();
    }

    @Test
    void aRequestThatNobodyWaitsForIsAskedAfterAPause() {
        questions.request(LONG);
        assertThat(questions.dueIn()).isBetween(LONG / 2, LONG);
        questions.request();
        assertThat(questions.dueIn()).isZero();
        ask();
        assertThat(questions.dueIn()).isEqualTo(PositionQuestions.NEVER);
    }

    @Test
    void nobodyWaitsForANodeThatIsAskedNoMore() throws Exception {
        CompletableFuture<Boolean> waits = waiter(System.nanoTime());
        awaitWish();
        questions.close();
        assertThat(waits.get()).isFalse();
        assertThat(waiter(System.nanoTime()).get()).isFalse();
    }
}
