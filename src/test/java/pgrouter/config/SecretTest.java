package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretTest {
    @Test
    void aConfigPrintsEverythingButThePassword() throws ConfigException {
        assertThat(Texts.complete("health { password zebra }").toString())
                .contains("username=pgrouter", "password=(hidden)")
                .doesNotContain("zebra");
    }

    @Test
    void aPassphraseIsNotPrintedEither() throws ConfigException {
        String identity = "cert c; key k; passphrase zebra";
        String text = "tls { " + identity + " }\nbackend default { tls on; " + identity + " }";
        assertThat(Texts.complete(text).toString())
                .contains("key=/etc/pgrouter/k")
                .doesNotContain("zebra");
    }

    @Test
    void whatIsMissingBehindAPassphraseIsNamed() {
        assertThat(Texts.problemsOf("backend default { passphrase }"))
                .containsExactly("f:1:30: expected a passphrase after `passphrase`, found `}`");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "health { password ZEBRA ZEBRA }",
                "health { password ZE@ZEBRA }",
                "health { password ZE;ZEBRA }",
                "health { password ZE{ZEBRA }",
                "health { password ZE}ZEBRA }",
                "health { password ZE}ZEBRA@ }",
                "health { password {ZEBRA} }",
                "health { password 'ZEBRA }",
                "health { password 'ZEBRA\\Z' }",
                "health { password 'ZEBRA' ZEBRA }",
                "health { password 'ZE'ZEBRA' }",
                "health { password 'ZEBRA\0' }",
                "health { password\n ZEBRA }",
                "health { password;\n ZEBRA x }",
                "health { password:ZEBRA }",
                "health { password=ZEBRA }",
                "health { PASSWORD=ZEBRA ZEBRA }",
                "health { pasword ZE;ZEBRA }",
                "health { passwd ZE;ZEBRA }",
                "health { 'password' ZE;ZEBRA }",
                "password ZE;ZEBRA",
                "password ZEBRA {",
                "tls { passphrase ZE;ZEBRA }",
                "tls { passphrase ZE ZEBRA }",
                "tls { passphrase\n ZEBRA }",
                "tls { passphrase 'ZEBRA\0' }",
                "tls { passfrase ZE;ZEBRA }",
                "backend default { passphrase ZE;ZEBRA }",
            })
    void noProblemShowsAPassword(String text) {
        assertThat(Texts.problemsOf(text)).isNotEmpty().noneMatch(problem -> problem.contains("ZEBRA"));
    }

    @Test
    void nothingIsHiddenAfterThePasswordsLine() {
        assertThat(Texts.problemsOf("health {\n password a\n timeout x\n}\nuser a b"))
                .containsExactly(
                        "f:3:10: expected a time such as 3s, 2m, 1h or 200ms, found `x`",
                        "f:5:8: expected the end of `user`, found `b`");
    }

    @Test
    void aMissingPasswordHidesNothingBehindItsBlock() {
        assertThat(Texts.problemsOf("health { password }\nuser a b"))
                .containsExactly(
                        "f:1:19: expected a password after `password`, found `}`",
                        "f:2:8: expected the end of `user`, found `b`");
    }

    @Test
    void theWordPasswordAsAValueHidesNothing() {
        assertThat(Texts.problemsOf("user password b"))
                .containsExactly("f:1:15: expected the end of `user`, found `b`");
    }

    @Test
    void aHiddenWordIsStillReportedAtItsPlace() {
        assertThat(Texts.problemsOf("health { password a b@ }"))
                .containsExactly(
                        "f:1:22: expected quotes around a word with more than A-Z a-z 0-9 _-+/:.,!*, found another character");
        assertThat(Texts.problemsOf("health { password a b }"))
                .containsExactly("f:1:21: expected the end of `password`, found a hidden word");
    }
}
