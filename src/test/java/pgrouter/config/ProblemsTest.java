package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProblemsTest {
    @Test
    void allOfThemComeAtOnceInTheOrderOfTheFile() {
        String text = """
                lissen *:5432
                workers 0
                health { chek 1s; timeout 3 }
                backend db1 { lag x }
                backend DB1:5432
                user "abc
                }
                """;
        assertThatThrownBy(() -> Texts.parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessage("""
                        f:1:1: expected a directive, found `lissen`; did you mean `listen`?
                        f:2:9: expected a number from 1 to 1024, found `0`
                        f:3:10: expected a directive, found `chek`; did you mean `check`?
                        f:3:27: expected a time with its unit (ms, s, m or h), found `3`
                        f:4:19: expected a size such as 16mb, or a time such as 500ms, found `x`
                        f:5:9: expected another address, found `DB1:5432` again (first on line 4)
                        f:6:6: expected a closing ", found end of line
                        f:7:1: expected a directive, found `}`
                        f:8:1: expected `authdb FILE` or `authdb query`, found end of file""");
    }

    @Test
    void anEmptyFileLacksAuthdbAndABackend() {
        assertThat(Texts.problems(""))
                .containsExactly(
                        "f:1:1: expected `authdb FILE` or `authdb query`, found end of file",
                        "f:1:1: expected `backend HOST:PORT`, found end of file");
    }

    @Test
    void anIdentMapIsOfNoUseWithoutRules() {
        assertThat(Texts.problemsOf("ident i"))
                .containsExactly("f:1:7: expected `hba FILE` too, whose rules use the maps of this file");
    }

    @Test
    void defaultsAloneAreNoBackend() {
        assertThat(Texts.problems("authdb a; backend default { lag 1 }"))
                .containsExactly("f:1:36: expected `backend HOST:PORT`, found end of file");
    }

    @Test
    void aBadOneIsNotReportedAsMissingToo() {
        assertThat(Texts.problems("authdb\nbackend db1:x"))
                .containsExactly(
                        "f:1:7: expected a file name after `authdb`, found end of line",
                        "f:2:9: expected a port from 1 to 65535 after the last colon, found `db1:x`");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen|7|*:PORT, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT",
                "monitor|8|*:PORT, HOST:PORT or [IPv6]:PORT",
                "workers|8|a number from 1 to 1024",
                "hba|4|a file name",
                "ident|6|a file name",
                "pidfile|8|a file name",
                "user|5|a name",
                "group|6|a name",
                "log|4|ERROR, WARNING, INFO or DEBUG",
                "backend|8|default, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT"
            })
    void aMissingValueIsReportedWhereItShouldBe(String key, int column, String expected) {
        assertThat(Texts.problemsOf(key))
                .containsExactly(
                        "f:1:" + column + ": expected " + expected + " after `" + key + "`, found end of line");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "health { timeout }|18|a time such as 3s, 2m, 1h or 200ms after `timeout`, found `}`",
                "health { check; }|15|a time such as 3s, 2m, 1h or 200ms after `check`, found `;`",
                "health { database }|19|a name after `database`, found `}`",
                "health { username }|19|a name after `username`, found `}`",
                "health { password }|19|a password after `password`, found `}`",
                "backend default { tls }|23|on, off, skipverify, require or direct after `tls`, found `}`",
                "backend default { lag }|23|a size such as 16mb, or a time such as 500ms after `lag`, found `}`",
                "backend default { weight }|26|a weight such as 100 or 1.25 after `weight`, found `}`",
                "tls { ciphers; cert c; key k }|14|a list of ciphers after `ciphers`, found `;`",
                "tls { protocols; cert c; key k }|16|TLSv1.2, TLSv1.3 or both, with a comma between them after"
                        + " `protocols`, found `;`",
                "tls { require; cert c; key k }|14|on or off after `require`, found `;`"
            })
    void aMissingValueInABlockToo(String text, int column, String expected) {
        assertThat(Texts.problemsOf(text)).containsExactly("f:1:" + column + ": expected " + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user a b c|8|the end of `user`, found `b`",
                "listen *:1 *:2|12|the end of `listen`, found `*:2`",
                "health now { check 1s }|8|the end of `health`, found `now`",
                "tls on { cert c; key k }|5|the end of `tls`, found `on`",
                "backend default lag 200|17|the end of `backend`, found `lag`",
                "backend db2 \"x y\" { }|13|the end of `backend`, found the string \"x y\"",
                "backend db2 { lag 1 weight 2 }|21|the end of `lag`, found `weight`",
                "workers 4 { }|11|the end of `workers`, found `{`",
                "listen *:1 { }|12|the end of `listen`, found `{`"
            })
    void tooMuchIsReportedAtTheFirstThingTooMuch(String text, int column, String expected) {
        assertThat(Texts.problemsOf(text)).containsExactly("f:1:" + column + ": expected " + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "group", "pidfile", "hba"})
    void anEmptyNameIsAProblem(String key) {
        assertThat(Texts.problemsOf(key + " ''")).singleElement().asString().endsWith("name, found the string \"\"");
    }

    @Test
    void aNulCharacterIsAProblem() {
        assertThat(Texts.problemsOf("user 'a\0b'; health { database 'c\0user\0d' }; hba 'e\0'"))
                .containsExactly(
                        "f:1:6: expected a name without a NUL character, found the string \"aU+0000b\"",
                        "f:1:31: expected a name without a NUL character, found the string \"cU+0000userU+0000d\"",
                        "f:1:49: expected a file name without a NUL character, found the string \"eU+0000\"");
    }

    @Test
    void anUnknownKeyWithNoNearMatchNamesTheKnownOnes() {
        assertThat(Texts.problemsOf("frobnicate 1\nhealth { lag 1 }\ntls { cert c; key k; x }\nbackend b { check 1s }"))
                .containsExactly(
                        "f:1:1: expected one of listen, monitor, http, workers, authdb, hba, ident, tls, user, group, pidfile, log, health,"
                                + " consistency, wait, transactions, route, pool, console, clients, login, idle, failover, shutdown, backend, found `frobnicate`",
                        "f:2:10: expected one of timeout, check, database, username, password, found `lag`",
                        "f:3:22: expected one of cert, key, passphrase, ciphers, protocols, require, ca, crl, found `x`",
                        "f:4:13: expected one of tls, cert, key, passphrase, ca, crl, lag, weight, timeout, auth, found `check`");
    }

    @Test
    void aConsoleIsForSomebody() {
        assertThat(
                        Texts.problemsOf(
                                "console\nconsole 1 { }\nconsole { users }\nconsole { users \"a\\0b\" }\nconsole { users a { } }"))
                .hasSize(6)
                .anyMatch(problem -> problem.startsWith("f:1:8: expected `{ users NAME, NAME }` after `console`"))
                .anyMatch(problem -> problem.startsWith("f:3:17: expected names after `users`"));
    }

    @ParameterizedTest
    @CsvSource({"LOGG,log", "lgo,log", "workrs,workers", "backand,backend", "monitr,monitor", "pid_file,pidfile"})
    void anUnknownKeyWithANearMatchAsksForIt(String typed, String meant) {
        assertThat(Texts.problemsOf(typed + " x"))
                .containsExactly("f:1:1: expected a directive, found `" + typed + "`; did you mean `" + meant + "`?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lxy", "hbax1", "xy", "lo_wer"})
    void twoErrorsInAShortKeyAreNoNearMatch(String typed) {
        assertThat(Texts.problemsOf(typed)).singleElement().asString().endsWith("backend, found `" + typed + "`");
    }

    @Test
    void theNearestOfTwoNearKeysIsMeant() {
        assertThat(Suggestion.of("healtg", List.of("wealth", "health"))).contains("health");
        assertThat(Suggestion.of("healtg", List.of("health", "wealth"))).contains("health");
    }

    @Test
    void aKeyInQuotesIsNoKey() {
        assertThat(Texts.problemsOf("'workers' 4"))
                .containsExactly("f:1:1: expected a directive, found the string \"workers\"; did you mean `workers`?");
    }

    @ParameterizedTest
    @CsvSource({"*:5432,*:5432", "*,*:5432", "Host,host:5432", "/run/x/,/run/x:5432"})
    void theSameListenAddressTwiceIsAProblem(String first, String second) {
        assertThat(Texts.problemsOf("listen " + first + "\nlisten " + second))
                .containsExactly("f:2:8: expected another address, found `" + second + "` again (first on line 1)");
    }

    @Test
    void pathsThatDifferInCaseAreDifferentDirectories() throws ConfigException {
        assertThat(Texts.complete("listen /run/x; listen /run/X").fixed().listen())
                .hasSize(2);
    }

    @Test
    void aBackendsCertificateNeedsItsKey() {
        assertThat(Texts.problemsOf("backend db2 { cert c }\nbackend db3 { key k }"))
                .containsExactly(
                        "f:1:1: expected `key FILE` in `backend` too, found none",
                        "f:2:1: expected `cert FILE` in `backend` too, found none");
    }

    @Test
    void revocationsNeedTheAuthorityThatTheyAreOf() {
        assertThat(Texts.problems("authdb a\ntls { cert c; key k; crl l }\nbackend b { tls on; crl l }"))
                .containsExactly(
                        "f:2:1: expected `ca FILE` in `tls` too, whose `crl` this is, found none",
                        "f:3:1: expected `ca FILE` in `backend` too, whose `crl` this is, found none");
    }

    @Test
    void tlsNeedsItsTwoFiles() {
        assertThat(Texts.problemsOf("\ntls { }"))
                .containsExactly(
                        "f:2:1: expected `cert FILE` in `tls`, found none",
                        "f:2:1: expected `key FILE` in `tls`, found none");
        assertThat(Texts.problemsOf("tls { cert c }"))
                .containsExactly("f:1:1: expected `key FILE` in `tls`, found none");
        assertThat(Texts.problemsOf("tls { cert; key k }"))
                .containsExactly("f:1:11: expected a file name after `cert`, found `;`");
    }

    @Test
    void aLongWordIsCutShort() {
        assertThat(Texts.problemsOf("workers " + "9".repeat(100_000)))
                .containsExactly("f:1:9: expected a number from 1 to 1024, found `" + "9".repeat(60) + "...`");
        assertThat(Texts.problemsOf("workers " + "9".repeat(60)))
                .containsExactly("f:1:9: expected a number from 1 to 1024, found `" + "9".repeat(60) + "`");
    }

    @Test
    void aBadBlockIsCheckedThoughItsBackendIsBadToo() {
        assertThat(Texts.problemsOf("backend { lag x }"))
                .containsExactly(
                        "f:1:9: expected default, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT after `backend`, found `{`",
                        "f:1:15: expected a size such as 16mb, or a time such as 500ms, found `x`");
    }
}
