package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.client.Memory;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.request.Statements;

/** The client thread sends while the connection's thread writes out what it has judged: between verdict and conclusion lies I/O. */
final class ExchangeTest {
    private final Exchange exchange =
            new Exchange(new Statements(Memory.unlimited().begin()).onNewServer());

    @BeforeEach
    void lock() {
        exchange.lock();
    }

    @AfterEach
    void unlock() {
        exchange.unlock();
    }

    @Test
    void clientsTurnIsNotConcludedWhenASyncHasOvertakenTheVerdict() {
        exchange.begin(0, false, false);
        exchange.send(FrontendTag.EXECUTE);
        Verdict verdict = exchange.reply().verdict();
        assertThat(verdict).isEqualTo(Verdict.PARTIAL);
        exchange.send(FrontendTag.SYNC);
        exchange.reply().conclude(verdict);
        assertThat(exchange.reply().isPending()).isTrue();
    }

    @Test
    void clientsTurnIsNotConcludedWhenTheEndOfTheCopyHasOvertakenTheVerdict() throws Exception {
        exchange.begin(0, false, false);
        exchange.send(FrontendTag.QUERY);
        exchange.received().answered(BackendTag.COPY_IN_RESPONSE);
        Verdict verdict = exchange.reply().verdict();
        assertThat(verdict).isEqualTo(Verdict.PARTIAL);
        exchange.send(FrontendTag.COPY_DONE);
        exchange.reply().conclude(verdict);
        assertThat(exchange.reply().isPending()).isTrue();
    }

    @Test
    void answeredIsNotConcludedWhenTheNextRequestHasOvertakenTheVerdict() throws Exception {
        exchange.begin(0, false, false);
        exchange.send(FrontendTag.QUERY);
        exchange.received().answered(BackendTag.COPY_IN_RESPONSE);
        exchange.reply().conclude(exchange.reply().verdict());
        exchange.received().failed(ErrorResponse.error("22P02", ""));
        exchange.received().ready((byte) 'I');
        Verdict verdict = exchange.reply().verdict();
        exchange.send(FrontendTag.QUERY);
        exchange.released(verdict);
        exchange.reply().conclude(verdict);
        assertThat(exchange.reply().isPending()).isTrue();
    }

    @Test
    void whatWasReleasedBeforeDoesNotEndTheJudgingOfARequest() {
        exchange.beginHeld(0, false, false);
        exchange.released(Verdict.PENDING);
        assertThat(exchange.reply().isHeld()).isTrue();
    }

    @Test
    void whatWasAnsweredStaysAnsweredWhenTheConnectionEnds() throws Exception {
        exchange.beginHeld(0, false, false);
        exchange.send(FrontendTag.QUERY);
        exchange.received().ready((byte) 'I');
        exchange.reply().conclude(exchange.reply().verdict());
        exchange.lost(Optional.empty());
        assertThat(exchange.reply().replyNow()).isInstanceOf(Reply.Complete.class);
        exchange.beginHeld(0, false, false);
        assertThat(exchange.reply().replyNow()).isInstanceOf(Reply.Lost.class);
    }
}
