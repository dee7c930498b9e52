package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Verifiers as {@code pg_authid.rolpassword} has them. */
final class ScramVerifierTest {
    private static final String KEY = "XkE3PlXlegy+mt0bYDq8632OU34Xayfof2gqqfpMjjw=";

    /** Made by PostgreSQL 15 with {@code CREATE ROLE ... PASSWORD}; the passwords go through every branch of SASLprep. */
    @ParameterizedTest
    @CsvSource({
        "correct horse, SCRAM-SHA-256$4096:MJfoWGxSb/N6cw72YS0+MQ==$XkE3PlXlegy+mt0bYDq8632OU34Xayfof2gqqfpMjjw=:ufPUjNO0/nzbbNyzmnY9PNFWEcW9zZ187hEfiNwKPLU=",
        "I\u00adX, SCRAM-SHA-256$4096:xLCUcDYzVJq1JdirMAzBww==$UdSZ9MN6gTuvCQHCcjpJXB0+GY6eA7pwn5gkESzQyms=:evjBMW33DkLO+js8TnFRu29b/lphtbjGNW6sVszMajI=",
        "\u2168\u00aa, SCRAM-SHA-256$4096:HkNjGO3z+xkTMqCNFMwcFg==$IbDMMJ05J907Eds6reZfX30ITOseBC7P23uQGJYUVXk=:Ka/nAMglfuezoAPsnhvcw8vG4gVmGXrN6r4W8Mtzp+E=",
        "caf\u00e9 \ufb01 \u00a0x, SCRAM-SHA-256$4096:z8OcfpXyBI3/Nu11RxADtQ==$VCFDUHXKtj4YRA2b+L9kUYqT1Oi01qJdPQe+Dw6/UKg=:PWMkSzMWXi/8giI8e4nB7B3p0ZftLvbc2Sropd1J+TI=",
        "\ufb01\ud83d\ude00, SCRAM-SHA-256$4096:nvnAx1VNC2XyRB1cX9RDIA==$uP53oaeyzxM8hf3KOv8i/bvxdTJTWRtIP/jPlHwYVY8=:14MRxW4J5542XFS/XGF/08CiQQ9ipwh+Df4isZamJ6U=",
        "\u06271, SCRAM-SHA-256$4096:4BcX3VDO1YCpy0DLmsqYIg==$1BnPV3X+/xUBlHmhO9S4adlCZ9jT2MZlGR69/O2N0sI=:tnahKFivSoQcicQtPxY8q2JmIzDyXhRrYP53jND3FC0=",
        "pass\u0007word\u00e9\ufb01, SCRAM-SHA-256$4096:GTPYSNqN1R3IM95x3FWdwA==$qle6waHskfsh/vSgBuXvtJP7O0LOtoi27RcWDWntck4=:UU20XY9pn3GKmNA75lTkuhSbRt8q00AtjZud3uYwnKI=",
        "\u00ad, SCRAM-SHA-256$4096:vSIMCUneM9cLzLQKL11fiQ==$lhTPWAyIY3nMRU19v3WMiC//p4YY/dvww7r66ISzrw0=:x0jPz3tdkxpEXTqCEBTJTha2btyD71CzuAW2mAmcfCs=",
        "a\u200bb\u00e9, SCRAM-SHA-256$4096:53FbPKqXEvfSaYxPrTIBrQ==$7CNF7Bs28zSumR8j0TwjWHfqQCJTc0p4pq7DKGDp168=:OB9CzjfWSh0fK5G6hhZdVMK2sasBNybl1dRzk6nSvGw="
    })
    void aVerifierOfPostgresqlIsReadAndMadeAgain(String password, String rolpassword) {
        ScramVerifier read = ScramVerifier.parse(rolpassword);
        assertThat(ScramVerifier.of(password, read.salt(), read.iterations()))
                .usingRecursiveComparison()
                .isEqualTo(read);
    }

    @Test
    void theLimitsOfTheIterationCountAreThemselvesAllowed() {
        assertThat(ScramVerifier.parse("SCRAM-SHA-256$1:AAAA$" + KEY + ":" + KEY)
                        .iterations())
                .isEqualTo(1);
        assertThat(ScramVerifier.parse("SCRAM-SHA-256$1000000:AAAA$" + KEY + ":" + KEY)
                        .iterations())
                .isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @CsvSource({
        "'', SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY",
        "md535491143bb73bbba5ba669b992cdee3b, SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY",
        "scram-sha-256$1:AAAA$KEY:KEY, SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY",
        "SCRAM-SHA-256$1:AAAA$KEY, SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY",
        "SCRAM-SHA-256$1:AAAA$KEY:KEY:, SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY",
        "SCRAM-SHA-256$:AAAA$KEY:KEY, an iteration count from 1 to 1000000",
        "SCRAM-SHA-256$0:AAAA$KEY:KEY, an iteration count from 1 to 1000000",
        "SCRAM-SHA-256$-1:AAAA$KEY:KEY, an iteration count from 1 to 1000000",
        "SCRAM-SHA-256$1000001:AAAA$KEY:KEY, an iteration count from 1 to 1000000",
        "SCRAM-SHA-256$99999999999:AAAA$KEY:KEY, an iteration count from 1 to 1000000",
        "SCRAM-SHA-256$1:$KEY:KEY, a salt that is not empty",
        "SCRAM-SHA-256$1:*$KEY:KEY, a salt in base64",
        "SCRAM-SHA-256$1:AAAA$*:KEY, a stored key in base64",
        "SCRAM-SHA-256$1:AAAA$KEY:*, a server key in base64",
        "SCRAM-SHA-256$1:AAAA$AAAA:KEY, a stored key of 32 bytes",
        "SCRAM-SHA-256$1:AAAA$KEY:AAAA, a server key of 32 bytes"
    })
    void anythingElseIsRefusedWithWhatWasExpected(String text, String expected) {
        assertThatThrownBy(() -> ScramVerifier.parse(text.replace("KEY", KEY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(expected);
    }

    @Test
    void itsArraysCannotBeChangedFromOutside() {
        byte[] salt = {1, 2, 3};
        ScramVerifier verifier = ScramVerifier.of("secret", salt, 1);
        salt[0] = 9;
        verifier.salt()[0] = 9;
        verifier.storedKey()[0]++;
        verifier.serverKey()[0]++;
        assertThat(verifier).usingRecursiveComparison().isEqualTo(ScramVerifier.of("secret", new byte[] {1, 2, 3}, 1));
    }

    @Test
    void showsNothing() {
        assertThat(new Credential.Scram(ScramVerifier.parse("SCRAM-SHA-256$77:AAAA$" + KEY + ":" + KEY)).toString())
                .doesNotContain(KEY, "AAAA", "77");
    }
}
