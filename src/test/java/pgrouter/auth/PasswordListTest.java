package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of users, as PostgreSQL and PgBouncer have them. */
final class PasswordListTest {
    private static final String HASH = "4d45974e13472b5a0be3533de4666414";
    private static final Credential.Entry MD5 = new Credential.Md5(HASH);
    private static final String VERIFIER = "SCRAM-SHA-256$4096:MJfoWGxSb/N6cw72YS0+MQ=="
            + "$XkE3PlXlegy+mt0bYDq8632OU34Xayfof2gqqfpMjjw=:ufPUjNO0/nzbbNyzmnY9PNFWEcW9zZ187hEfiNwKPLU=";

    private static PasswordList read(String text) throws AuthDbException, IOException {
        return PasswordList.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "stdin");
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(AuthDbException.class, () -> read(text)).problems();
    }

    @Test
    void readsWhatPsqlPrints() throws Exception {
        PasswordList list = read("app " + VERIFIER + "\nold md5" + HASH + "\n");
        assertThat(list.entries()).containsOnlyKeys("app", "old").containsEntry("old", MD5);
        assertThat(list.entries().get("app"))
                .usingRecursiveComparison()
                .isEqualTo(new Credential.Scram(ScramVerifier.parse(VERIFIER)));
        assertThat(list.withoutPassword()).isEmpty();
    }

    @Test
    void aNameThatPsqlPrintsMayHaveAnySpaceOrQuote() throws Exception {
        assertThat(read(" my  app md5" + HASH + "\nit's md5" + HASH + "\n\"x\" \"y md5" + HASH + "\r\n#1 md5" + HASH)
                        .entries())
                .containsOnlyKeys(" my  app", "it's", "\"x\" \"y", "#1");
    }

    @Test
    void readsTheUserlistOfPgbouncer() throws Exception {
        PasswordList list = read("; users\n\n\"app\"\t\"md5" + HASH + "\" \n\"a \"\"b\"\"\" \"" + VERIFIER + "\"\r\n");
        assertThat(list.entries()).containsOnlyKeys("app", "a \"b\"").containsEntry("app", MD5);
    }

    @Test
    void usersWithoutAPasswordAreSetApart() throws Exception {
        PasswordList list = read("group one \napp md5" + HASH + "\n\"two\" \"\"\n");
        assertThat(list.withoutPassword()).containsExactly("group one", "two");
        assertThat(list.entries()).containsOnlyKeys("app");
    }

    @Test
    void nobodyIsListed() throws Exception {
        assertThat(read("\n  \n")).isEqualTo(read(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "secret            | 1: expected a user name and an MD5 hash or a SCRAM verifier, found a hidden line",
                "`\"app\"secret`   | 1: expected a user name and an MD5 hash or a SCRAM verifier, found a hidden line",
                "` secret`         | 1: expected a user name and an MD5 hash or a SCRAM verifier, found a hidden line",
                "`\"\" \"secret\"` | 1: expected a user name and an MD5 hash or a SCRAM verifier, found a hidden line",
                "app secret        | 5: expected an MD5 hash or a SCRAM verifier, found a hidden word",
                "`\"\u00e9\ud83d\ude00\" \"secret\"` | 6: expected an MD5 hash or a SCRAM verifier, found a hidden word",
                "app md5secret     | 5: expected an MD5 hash of 32 hexadecimal digits, found a hidden word",
                "app SCRAM-SHA-256$secret | 5: expected SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY, found a hidden word"
            })
    void aLineThatIsNotUnderstoodIsNamedAndNotShown(String line, String problem) {
        assertThat(problems("a md5" + HASH + "\n" + line + "\n"))
                .containsExactly("stdin:2:" + problem)
                .noneMatch(text -> text.contains("secret"));
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThat(problems("secret\na md5" + HASH + "\n\"a\" \"md5" + HASH + "\"\na \nb x"))
                .extracting(problem -> problem.replaceFirst(" expected", "").substring(0, 14))
                .containsExactly("stdin:1:1: a u", "stdin:3:1: one", "stdin:4:1: one", "stdin:5:3: an ");
    }

    @Test
    void theHashOfAnEmptyPasswordIsRefused() {
        assertThat(problems("app md5" + Md5Password.hash("app", "")))
                .containsExactly("stdin:1:5: expected the hash of a password that is not empty, found a hidden word");
    }

    @Test
    void otherEncodingsAreRefused() {
        byte[] latin1 = "a\n\u00e9 x".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(catchThrowableOfType(
                        AuthDbException.class, () -> PasswordList.read(new ByteArrayInputStream(latin1), "stdin")))
                .hasMessage("stdin:2:1: expected UTF-8 text, found another byte");
    }
}
