package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.ScramException.Reason;

/** What the server takes and refuses, as auth-scram.c does. */
final class ScramServerTest {
    private static final String PROOF = RfcExample.CLIENT_FINAL.substring(RfcExample.CLIENT_FINAL.indexOf("p="));
    private static final String NONCES = RfcExample.CLIENT_NONCE + RfcExample.SERVER_NONCE;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n,,n=,r=abc",
                "n,,n=someone else,r=abc",
                "n,,n=\u00e9\u4e2d,r=abc",
                "n,,n=,r=abc,x=extension",
                "n,,n=,r=abc,",
                "y,,n=,r=abc"
            })
    void takesAFirstMessage(String clientFirst) throws ScramException {
        assertThat(RfcExample.server().challenge(clientFirst)).startsWith("r=abc%hvYD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n,",
                "n,,",
                "n,,n=",
                "n,,n=,",
                "n,,n=,r=",
                "n,,n=,r=\u00e9",
                "n,,n=,r=a b",
                "n,,r=abc,n=",
                "n,,n,r=abc",
                "n,,n=,r=abc,1=x",
                "n,,n=,r=abc,extension",
                "n,,n=\0,r=abc",
                "n,x,n=,r=abc",
                "x,,n=,r=abc",
                "N,,n=,r=abc",
                " n,,n=,r=abc"
            })
    void refusesAMalformedFirstMessage(String clientFirst) {
        assertFailsOf(Reason.MALFORMED, () -> RfcExample.server().challenge(clientFirst));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p=tls-server-end-point,,n=,r=abc",
                "n,a=admin,n=,r=abc",
                "y,a=admin,n=,r=abc",
                "n,,m=must,n=,r=abc",
                "n,,n=,r=abc,m=must"
            })
    void refusesWhatItDoesNotOffer(String clientFirst) {
        assertFailsOf(Reason.UNSUPPORTED, () -> RfcExample.server().challenge(clientFirst));
    }

    @Test
    void theChannelBindingOfTheSecondMessageMustBeThatOfTheFirst() throws ScramException {
        ScramServer server = RfcExample.server();
        server.challenge(RfcExample.CLIENT_FIRST.replace("n,,", "y,,"));
        assertFailsOf(Reason.MALFORMED, () -> server.verify(RfcExample.CLIENT_FINAL));
        assertFailsOf(Reason.WRONG_PASSWORD, () -> server.verify(RfcExample.CLIENT_FINAL.replace("c=biws", "c=eSws")));
    }

    @Test
    void refusesAnotherNonceAndAMalformedProof() {
        assertRefused("c=biws,r=" + NONCES + "x," + PROOF);
        assertRefused("c=biws,r=" + RfcExample.CLIENT_NONCE + "," + PROOF);
        assertRefused("c=biws,r=" + NONCES);
        assertRefused("c=biws,r=" + NONCES + ",p=");
        assertRefused("c=biws,r=" + NONCES + ",p=AAAA");
        assertRefused("c=biws,r=" + NONCES + ",p=*");
        assertRefused("c=biws,r=" + NONCES + "," + PROOF + ",x=more");
        assertRefused("r=" + NONCES + ",c=biws," + PROOF);
        assertRefused("");
    }

    @Test
    void anExtensionInTheSecondMessageIsPartOfWhatIsProven() throws ScramException {
        ScramServer server = RfcExample.server();
        server.challenge(RfcExample.CLIENT_FIRST);
        assertFailsOf(Reason.WRONG_PASSWORD, () -> server.verify(RfcExample.CLIENT_FINAL.replace(",p=", ",x=more,p=")));
    }

    @Test
    void everySingleBitOfTheProofCounts() throws ScramException {
        ScramServer server = RfcExample.server();
        server.challenge(RfcExample.CLIENT_FIRST);
        byte[] proof = ScramAttributes.decode(PROOF.substring(2));
        for (int bit = 0; bit < proof.length * 8; bit++) {
            byte[] other = proof.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            String message = "c=biws,r=" + NONCES + ",p=" + ScramAttributes.encode(other);
            assertFailsOf(Reason.WRONG_PASSWORD, () -> server.verify(message));
        }
    }

    private static void assertRefused(String clientFinal) {
        ScramServer server = RfcExample.server();
        assertFailsOf(Reason.MALFORMED, () -> {
            server.challenge(RfcExample.CLIENT_FIRST);
            server.verify(clientFinal);
        });
    }

    private static void assertFailsOf(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ScramException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
