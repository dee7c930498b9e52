package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pgrouter.auth.ScramServer.MECHANISM;
import static pgrouter.auth.ScramServer.MECHANISM_PLUS;

import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.shaded.com.ongres.scram.client.ScramClient.FinalBuildStage;
import pgrouter.auth.ScramException.Reason;

/** SCRAM that is tied to the TLS connection, and what a man in the middle could try against it. */
final class ChannelBindingTest {
    private static final Optional<byte[]> HASH = Optional.of(RfcExample.certificateHash());

    @Test
    void theServerOffersTheBoundMechanismFirstWhereItHasACertificate() {
        assertThat(RfcExample.server().mechanisms()).containsExactly(MECHANISM);
        assertThat(RfcExample.boundServer().mechanisms()).containsExactly(MECHANISM_PLUS, MECHANISM);
    }

    @Test
    void theClientChoosesAsLibpqDoes() {
        assertThat(ChannelBinding.choose(List.of(MECHANISM_PLUS, MECHANISM), Optional.empty()))
                .isSameAs(ChannelBinding.NONE);
        assertThat(ChannelBinding.choose(List.of(MECHANISM), HASH)).isSameAs(ChannelBinding.NOT_OFFERED);
        ChannelBinding bound = ChannelBinding.choose(List.of(MECHANISM_PLUS, MECHANISM), HASH);
        assertThat(bound.mechanism()).isEqualTo(MECHANISM_PLUS);
        assertThat(bound.header()).isEqualTo("p=tls-server-end-point,,");
    }

    @Test
    void theServerSpeaksAsInTheExample() throws ScramException {
        ScramServer server = RfcExample.boundServer();
        assertThat(server.challenge(MECHANISM_PLUS, RfcExample.BOUND_CLIENT_FIRST))
                .isEqualTo(RfcExample.SERVER_FIRST);
        assertThat(server.verify(RfcExample.BOUND_CLIENT_FINAL)).isEqualTo(RfcExample.BOUND_SERVER_FINAL);
    }

    @Test
    void theClientSpeaksAsInTheExample() throws ScramException {
        ScramClient client = RfcExample.client(ChannelBinding.endPoint(RfcExample.certificateHash()));
        assertThat(client.first()).isEqualTo(RfcExample.BOUND_CLIENT_FIRST);
        assertThat(client.answer(RfcExample.SERVER_FIRST)).isEqualTo(RfcExample.BOUND_CLIENT_FINAL);
        client.verify(RfcExample.BOUND_SERVER_FINAL);
    }

    @Test
    void aClientThatWasOfferedNothingSaysSoInWhatItProves() throws ScramException {
        ScramClient client = RfcExample.client(ChannelBinding.NOT_OFFERED);
        assertThat(client.first()).startsWith("y,,");
        assertThat(client.answer(RfcExample.SERVER_FIRST)).isEqualTo(RfcExample.NOT_OFFERED_CLIENT_FINAL);
        ScramServer server = RfcExample.server();
        server.challenge(client.first());
        server.verify(RfcExample.NOT_OFFERED_CLIENT_FINAL);
    }

    @Test
    void whoTakesTheBoundMechanismOffTheListIsFoundOut() {
        assertFails(
                Reason.BINDING,
                "SCRAM channel binding negotiation error",
                () -> RfcExample.boundServer().challenge(MECHANISM, "y,,n=,r=abc"));
    }

    @Test
    void whoPassesTheExchangeOnToAnotherServerIsFoundOut() throws ScramException {
        byte[] other = RfcExample.certificateHash();
        other[31] ^= 1;
        ScramClient client = RfcExample.client(ChannelBinding.endPoint(other));
        ScramServer server = RfcExample.boundServer();
        String proof = client.answer(server.challenge(MECHANISM_PLUS, client.first()));
        assertFails(Reason.BINDING, "SCRAM channel binding check failed", () -> server.verify(proof));
    }

    @ParameterizedTest
    @ValueSource(strings = {"biws", "eSws", "", "cD10bHMtc2VydmVyLWVuZC1wb2ludCws"})
    void aBoundExchangeIsNotEndedAsOneThatIsNot(String binding) throws ScramException {
        ScramServer server = RfcExample.boundServer();
        server.challenge(MECHANISM_PLUS, RfcExample.BOUND_CLIENT_FIRST);
        String message = RfcExample.BOUND_CLIENT_FINAL.replaceFirst("c=[^,]*", "c=" + binding);
        assertFails(Reason.BINDING, "SCRAM channel binding check failed", () -> server.verify(message));
    }

    @Test
    void aClientMayStillDecideAgainstIt() throws ScramException {
        ScramServer server = RfcExample.boundServer();
        assertThat(server.challenge(MECHANISM, RfcExample.CLIENT_FIRST)).isEqualTo(RfcExample.SERVER_FIRST);
        assertThat(server.verify(RfcExample.CLIENT_FINAL)).isEqualTo(RfcExample.SERVER_FINAL);
    }

    @Test
    void mechanismAndMessageMustSayTheSame() {
        String differ = "the mechanism and the message differ in whether there is channel binding data";
        for (String header : List.of("n,,", "y,,")) {
            assertFails(
                    Reason.MALFORMED,
                    differ,
                    () -> RfcExample.boundServer().challenge(MECHANISM_PLUS, header + "n=,r=abc"));
        }
        assertFails(
                Reason.MALFORMED,
                differ,
                () -> RfcExample.boundServer().challenge(MECHANISM, RfcExample.BOUND_CLIENT_FIRST));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p=tls-unique,,n=,r=abc",
                "p=tls-exporter,,n=,r=abc",
                "p=,,n=,r=abc",
                "p=tls-server-end-point,a=x,n=,r=abc"
            })
    void anotherWayToBindIsRefused(String clientFirst) {
        assertFails(
                Reason.UNSUPPORTED,
                "the channel is bound in another way than by tls-server-end-point",
                () -> RfcExample.boundServer().challenge(MECHANISM_PLUS, clientFirst));
    }

    @Test
    void theClientOfPgjdbcIsUnderstood() throws Exception {
        ScramServer server = RfcExample.boundServer();
        FinalBuildStage builder = org.postgresql.shaded.com.ongres.scram.client.ScramClient.builder()
                .advertisedMechanisms(server.mechanisms())
                .username("*")
                .password(RfcExample.PASSWORD.toCharArray())
                .channelBinding("tls-server-end-point", RfcExample.certificateHash());
        var client = builder.build();
        assertThat(client.getScramMechanism().getName()).isEqualTo(MECHANISM_PLUS);
        String clientFirst = client.clientFirstMessage().toString();
        client.serverFirstMessage(server.challenge(MECHANISM_PLUS, clientFirst));
        client.serverFinalMessage(server.verify(client.clientFinalMessage().toString()));
    }

    private static void assertFails(Reason reason, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessage(message)
                .isInstanceOfSatisfying(
                        ScramException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
