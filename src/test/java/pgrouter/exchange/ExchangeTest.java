package pgrouter.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.client.Memory;
import pgrouter.exchange.PipeRelay.Outcome;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.request.Statements;

/** The client thread sends while the pipe's thread writes out what it has judged: between verdict and conclusion lies I/O. */
final class ExchangeTest {
    private final Exchange exchange =
            new Exchange(new Statements(Memory.unlimited().begin()).onNewPipe());

    @Test
    void clientsTurnIsNotConcludedWhenASyncHasOvertakenTheVerdict() {
        exchange.begin(false, 0, false);
        exchange.send(FrontendTag.EXECUTE);
        Outcome verdict = exchange.verdict();
        assertThat(verdict).isEqualTo(Outcome.CLIENTS_TURN);
        exchange.send(FrontendTag.SYNC);
        exchange.conclude(verdict);
        assertThat(exchange.outcome()).isEqualTo(Outcome.PENDING);
    }

    @Test
    void clientsTurnIsNotConcludedWhenTheEndOfTheCopyHasOvertakenTheVerdict() throws Exception {
        exchange.begin(false, 0, false);
        exchange.send(FrontendTag.QUERY);
        exchange.answered(BackendTag.COPY_IN_RESPONSE);
        Outcome verdict = exchange.verdict();
        assertThat(verdict).isEqualTo(Outcome.CLIENTS_TURN);
        exchange.send(FrontendTag.COPY_DONE);
        exchange.conclude(verdict);
        assertThat(exchange.outcome()).isEqualTo(Outcome.PENDING);
    }

    @Test
    void answeredIsNotConcludedWhenTheNextRequestHasOvertakenTheVerdict() throws Exception {
        exchange.begin(false, 0, false);
        exchange.send(FrontendTag.QUERY);
        exchange.answered(BackendTag.COPY_IN_RESPONSE);
        exchange.conclude(exchange.verdict());
        exchange.failed(ErrorResponse.error("22P02", ""));
        exchange.ready((byte) 'I');
        Outcome verdict = exchange.verdict();
        exchange.send(FrontendTag.QUERY);
        exchange.released(verdict);
        exchange.conclude(verdict);
        assertThat(exchange.outcome()).isEqualTo(Outcome.PENDING);
    }

    @Test
    void whatWasReleasedBeforeDoesNotEndTheJudgingOfARequest() {
        exchange.beginJudged(0, false, false);
        exchange.released(Outcome.PENDING);
        assertThat(exchange.isJudging()).isTrue();
    }

    @Test
    void whatWasAnsweredStaysAnsweredWhenThePipeEnds() throws Exception {
        exchange.beginJudged(0, false, false);
        exchange.send(FrontendTag.QUERY);
        exchange.ready((byte) 'I');
        exchange.conclude(exchange.verdict());
        exchange.lost(Optional.empty());
        assertThat(exchange.outcome()).isEqualTo(Outcome.ANSWERED);
        exchange.beginJudged(0, false, false);
        assertThat(exchange.outcome()).isEqualTo(Outcome.LOST);
    }
}
