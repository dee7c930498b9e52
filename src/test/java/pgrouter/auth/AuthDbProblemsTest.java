package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an authdb with faults is told: all of them, each with its place, and no secret. */
final class AuthDbProblemsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "u                      | 1:2: expected md5, scram-sha-256 or plain, found end of line",
                "u  # comment           | 1:4: expected md5, scram-sha-256 or plain, found end of line",
                "u sha1 x               | 1:3: expected md5, scram-sha-256 or plain, found a hidden word",
                "u '' x                 | 1:3: expected md5, scram-sha-256 or plain, found an empty string",
                "u secret               | 1:3: expected md5, scram-sha-256 or plain, found a hidden word",
                "u md5                  | 1:6: expected an MD5 hash, found end of line",
                "u scram-sha-256        | 1:16: expected a SCRAM verifier, found end of line",
                "u plain                | 1:8: expected a password, found end of line",
                "u plain #secret        | 1:9: expected a password, found end of line",
                "u md5 secret           | 1:7: expected an MD5 hash of 32 hexadecimal digits, found a hidden word",
                "u plain ''             | 1:9: expected a password that is not empty, found an empty string",
                "u plain my secret      | 1:12: expected end of line, found a hidden word",
                "'' plain secret        | 1:1: expected a user name, found an empty string",
                "u scram-sha-256 secret | 1:17: expected SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, found a hidden word",
                "u plain 'secret        | 1:9: expected a closing ', found end of line",
                "'u plain secret        | 1:1: expected a closing ', found end of line",
                "u plain 'secret'x      | 1:17: expected a space after a string, found another character",
                "u plain 'se\\cret'     | 1:12: expected one of \\t \\r \\n \\\\ \\' \\\" in a string, found another escape",
                "\u00e9\ud83d\ude00 sha1 x | 1:4: expected md5, scram-sha-256 or plain, found a hidden word"
            })
    void namesThePlaceAndWhatWasExpected(String text, String problem) {
        assertThat(problems(text)).containsExactly("authdb:" + problem);
    }

    @Test
    void theHashOfAnEmptyPasswordIsRefusedAsPostgresqlDoes() {
        assertThat(problems("u md5 " + Md5Password.hash("u", "")))
                .containsExactly("authdb:1:7: expected the hash of a password that is not empty, found a hidden word");
    }

    @Test
    void aUserHasOneLine() {
        assertThat(problems("u plain a\n\nv plain b\n  'u' plain a\nV plain b"))
                .containsExactly("authdb:4:3: expected one line a user, found the user of line 1 again");
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheFile() {
        assertThat(problems("""
                        a sha1 x
                        b plain secret
                        b plain '\\x' more
                        c"""))
                .containsExactly(
                        "authdb:1:3: expected md5, scram-sha-256 or plain, found a hidden word",
                        "authdb:3:1: expected one line a user, found the user of line 2 again",
                        "authdb:3:10: expected one of \\t \\r \\n \\\\ \\' \\\" in a string, found another escape",
                        "authdb:3:14: expected end of line, found a hidden word",
                        "authdb:4:2: expected md5, scram-sha-256 or plain, found end of line");
    }

    @RepeatedTest(5)
    void hostileTextIsReadOrRefusedAndNeverShown(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> pieces = List.of(
                "user",
                " ",
                "\t",
                "\n",
                "\r",
                "md5",
                "plain",
                "scram-sha-256",
                "'",
                "\"",
                "\\",
                "#",
                "$",
                ":",
                "Zx9",
                "\0",
                "\u00e9",
                "\ud800",
                "SCRAM-SHA-256$1:AAAA$",
                "=");
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder("Zx9 plain");
            random.ints(random.nextInt(20), 0, pieces.size())
                    .mapToObj(pieces::get)
                    .forEach(text::append);
            try {
                AuthDb.parse(text.toString(), "authdb");
            } catch (AuthDbException e) {
                assertThat(e.problems())
                        .isNotEmpty()
                        .allSatisfy(problem -> assertThat(problem)
                                .matches("authdb:\\d+:\\d+: expected .*, found .*")
                                .doesNotContain("Zx9"));
            }
        }
    }

    private static List<String> problems(String text) {
        AuthDbException exception = catchThrowableOfType(AuthDbException.class, () -> AuthDb.parse(text, "authdb"));
        assertThat(exception).hasMessage(String.join("\n", exception.problems()));
        return exception.problems();
    }
}
