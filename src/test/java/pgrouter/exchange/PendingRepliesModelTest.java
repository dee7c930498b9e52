package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.FrontendTag;
import pgrouter.request.Statement;

/** Random conversations with a small model of PostgreSQL's main loop ({@code PostgresMain} in postgres.c). */
final class PendingRepliesModelTest {
    /** Anything else during a COPY makes PostgreSQL end the connection ({@code CopyGetData} in copyfromparse.c). */
    private static final byte[] SENDABLE_DURING_COPY = {
        FrontendTag.COPY_DATA,
        FrontendTag.COPY_DONE,
        FrontendTag.COPY_FAIL,
        FrontendTag.FLUSH,
        FrontendTag.SYNC,
        Mark.MALFORMED_FLUSH
    };

    private static final byte[] SENDABLE = {
        FrontendTag.PARSE,
        FrontendTag.BIND,
        FrontendTag.DESCRIBE,
        FrontendTag.EXECUTE,
        FrontendTag.CLOSE,
        FrontendTag.FLUSH,
        FrontendTag.SYNC,
        FrontendTag.QUERY,
        FrontendTag.COPY_DATA,
        FrontendTag.COPY_DONE,
        FrontendTag.COPY_FAIL,
        Mark.MALFORMED,
        Mark.MALFORMED_FLUSH,
        Mark.MALFORMED_QUERY
    };

    /** The server: reads one message at a time and says at once what it thinks of it. */
    private static final class Model {
        private final Random random;
        private final PendingReplies ledger;
        private final Deque<Byte> input = new ArrayDeque<>();
        private boolean skipping;
        private byte copying;

        Model(Random random, PendingReplies ledger) {
            this.random = random;
            this.ledger = ledger;
        }

        /** Whether it waits for more: it has read all that was sent. */
        boolean isWaiting() {
            return input.isEmpty();
        }

        /** Whether it is outside of any request. */
        boolean isIdle() {
            return isWaiting() && !skipping && copying == 0;
        }

        void step() throws Exception {
            byte message = input.removeFirst();
            if (copying != 0) {
                copy(message);
            } else if (!skipping || message == FrontendTag.SYNC) {
                serve(message);
            }
        }

        private void copy(byte message) throws Exception {
            if (message == FrontendTag.COPY_DONE) {
                byte command = copying;
                copying = 0;
                say(BackendTag.COMMAND_COMPLETE);
                end(command);
            } else if (message == FrontendTag.COPY_FAIL) {
                fail(copying);
            }
        }

        private void serve(byte message) throws Exception {
            boolean fails = message != FrontendTag.SYNC && random.nextInt(8) == 0;
            switch (message) {
                case FrontendTag.FLUSH, FrontendTag.COPY_DATA, FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL -> {}
                case FrontendTag.SYNC -> {
                    skipping = false;
                    say(BackendTag.READY_FOR_QUERY);
                }
                case Mark.MALFORMED, Mark.MALFORMED_FLUSH, Mark.MALFORMED_QUERY -> fail(message);
                default -> {
                    if (fails) {
                        fail(message);
                    } else {
                        succeed(message);
                    }
                }
            }
        }

        private void succeed(byte message) throws Exception {
            switch (message) {
                case FrontendTag.PARSE -> said(BackendTag.PARSE_COMPLETE);
                case FrontendTag.CLOSE -> said(BackendTag.CLOSE_COMPLETE);
                case FrontendTag.BIND -> say(BackendTag.BIND_COMPLETE);
                case FrontendTag.DESCRIBE ->
                    said(random.nextBoolean() ? BackendTag.NO_DATA : BackendTag.ROW_DESCRIPTION);
                default -> command(message);
            }
        }

        private void command(byte message) throws Exception {
            if (random.nextInt(4) == 0 && isCopyPossible()) {
                copying = message;
                say(BackendTag.COPY_IN_RESPONSE);
                return;
            }
            say(BackendTag.DATA_ROW);
            say(BackendTag.COMMAND_COMPLETE);
            end(message);
        }

        /** Whether what is unread begins with nothing but what may come during a COPY. */
        private boolean isCopyPossible() {
            for (byte message : input) {
                if (message == FrontendTag.COPY_DONE || message == FrontendTag.COPY_FAIL) {
                    return true;
                }
                if (indexOf(SENDABLE_DURING_COPY, message) < 0) {
                    return false;
                }
            }
            return true;
        }

        private void end(byte command) throws Exception {
            if (command == FrontendTag.QUERY || command == Mark.MALFORMED_QUERY) {
                say(BackendTag.READY_FOR_QUERY);
            }
        }

        private void fail(byte message) throws Exception {
            copying = 0;
            assertThat(ledger.failed()).isEqualTo(message);
            skipping = message != FrontendTag.QUERY && message != Mark.MALFORMED_QUERY;
            end(message);
        }

        private void say(byte tag) throws Exception {
            ledger.answered(tag);
        }

        private void said(byte tag) throws Exception {
            ledger.answered(tag);
            assertThat(ledger.statement()).isNotNull();
        }
    }

    /** The ledger may let the server run behind, as the network does; where both have caught up they must agree. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void ledgerAgreesWithTheServerWheneverBothHaveCaughtUp(long seed) throws Exception {
        Random random = new Random(seed);
        PendingReplies ledger = new PendingReplies();
        Model model = new Model(random, ledger);
        for (int i = 0; i < 20_000; i++) {
            if (mayClientSend(random, ledger)) {
                byte[] sendable = model.copying == 0 ? SENDABLE : SENDABLE_DURING_COPY;
                send(sendable[random.nextInt(sendable.length)], ledger, model);
            } else if (!model.isWaiting()) {
                model.step();
            }
            if (model.isWaiting()) {
                assertThat(ledger.isClientsTurn())
                        .as("turn, seed %d step %d", seed, i)
                        .isTrue();
                assertThat(ledger.isSkipping())
                        .as("skipping, seed %d step %d", seed, i)
                        .isEqualTo(model.skipping);
                assertThat(ledger.isSettled())
                        .as("settled, seed %d step %d", seed, i)
                        .isEqualTo(model.isIdle());
            }
        }
    }

    /** pgrouter sends nothing while the backend has the turn. */
    private static boolean mayClientSend(Random random, PendingReplies ledger) {
        return ledger.isClientsTurn() && random.nextInt(3) > 0;
    }

    private static int indexOf(byte[] bytes, byte wanted) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(wanted);
    }

    private static void send(byte message, PendingReplies ledger, Model model) {
        if (message == FrontendTag.PARSE || message == FrontendTag.DESCRIBE || message == FrontendTag.CLOSE) {
            ledger.sent(message, Statement.named("s"));
        } else {
            ledger.sent(message);
        }
        model.input.addLast(message);
    }
}
