package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.auth.ScramException.Reason;

/** What the client takes from a server that it does not trust yet. */
final class ScramClientTest {
    private static final String NONCES = "r=" + RfcExample.CLIENT_NONCE + RfcExample.SERVER_NONCE;

    @ParameterizedTest
    @ValueSource(strings = {"1", "4096", "1000"})
    void takesAnIterationCount(String iterations) throws ScramException {
        assertThat(RfcExample.client().answer(NONCES + ",s=AAAA,i=" + iterations))
                .startsWith("c=biws," + NONCES + ",p=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "+1", "", "1000001", "2147483648", "99999999999999999999", "4096x", "\u0664"})
    void refusesAnIterationCountThatCannotBeOrCostsTooMuch(String iterations) {
        assertFailsOf(Reason.MALFORMED, () -> RfcExample.client().answer(NONCES + ",s=AAAA,i=" + iterations));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r=",
                "r=rOprNGfwEbeRWgbNEkqO,s=AAAA,i=1",
                "r=rOprNGfwEbeRWgbNEkq,s=AAAA,i=1",
                "r=another,s=AAAA,i=1",
                "r=rOprNGfwEbeRWgbNEkqO\u00e9,s=AAAA,i=1",
                "r=rOprNGfwEbeRWgbNEkqOx,s=*,i=1",
                "r=rOprNGfwEbeRWgbNEkqOx,i=1",
                "r=rOprNGfwEbeRWgbNEkqOx,s=AAAA",
                "r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=1,rest",
                "s=AAAA,r=rOprNGfwEbeRWgbNEkqOx,i=1"
            })
    void refusesAMalformedChallenge(String serverFirst) {
        assertFailsOf(Reason.MALFORMED, () -> RfcExample.client().answer(serverFirst));
    }

    @Test
    void refusesAnExtensionThatItMustKnow() {
        assertFailsOf(Reason.UNSUPPORTED, () -> RfcExample.client().answer("m=must," + NONCES + ",s=AAAA,i=1"));
    }

    @Test
    void saysWhatTheServerSaysOfTheProof() throws ScramException {
        ScramClient client = RfcExample.client();
        client.answer(RfcExample.SERVER_FIRST);
        assertFailsOf(Reason.WRONG_PASSWORD, () -> client.verify("e=invalid-proof"));
        assertFailsOf(Reason.UNSUPPORTED, () -> client.verify("e=other-error"));
        assertFailsOf(Reason.MALFORMED, () -> client.verify(""));
        assertFailsOf(Reason.MALFORMED, () -> client.verify("v=*"));
        assertFailsOf(Reason.WRONG_SERVER, () -> client.verify("v="));
    }

    private static void assertFailsOf(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ScramException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
