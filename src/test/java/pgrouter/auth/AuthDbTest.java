package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The format of the authdb file. */
final class AuthDbTest {
    private static final String MD5 = "4d45974e13472b5a0be3533de4666414";
    private static final String VERIFIER = "SCRAM-SHA-256$4096:MJfoWGxSb/N6cw72YS0+MQ=="
            + "$XkE3PlXlegy+mt0bYDq8632OU34Xayfof2gqqfpMjjw=:ufPUjNO0/nzbbNyzmnY9PNFWEcW9zZ187hEfiNwKPLU=";

    /** The file that the C program came with. */
    @Test
    void readsTheSampleOfTheFirstPgrouter() throws AuthDbException {
        AuthDb db = AuthDb.parse("""
                # secret is 'password'
                user md5 4d45974e13472b5a0be3533de4666414
                hedgehog md5 85986efa9ce8b50e89ae180a5c2200fd
                """, "passwd");
        assertThat(db.find("user")).contains(new Credential.Md5(Md5Password.hash("user", "password")));
        assertThat(db.find("hedgehog")).contains(new Credential.Md5("85986efa9ce8b50e89ae180a5c2200fd"));
    }

    @Test
    void readsEveryKindOfEntry() throws AuthDbException {
        AuthDb db = AuthDb.parse(
                "a md5 md5" + MD5 + "\nb scram-sha-256 " + VERIFIER + "\nc plain secret\nd PLAIN x\ne Scram-SHA-256 "
                        + VERIFIER,
                "authdb");
        assertThat(db.find("a")).contains(new Credential.Md5(MD5));
        assertThat(db.find("b"))
                .get()
                .usingRecursiveComparison()
                .isEqualTo(new Credential.Scram(ScramVerifier.parse(VERIFIER)));
        assertThat(db.find("c")).contains(new Credential.Plain("secret"));
        assertThat(db.find("d")).contains(new Credential.Plain("x"));
        assertThat(db.find("e")).isPresent();
        assertThat(db.find("f")).isEmpty();
        assertThat(db.find("A")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u plain secret",
                "  u\tplain \f secret  ",
                "u plain secret # comment",
                "u plain secret\r\n",
                "\n\n# comment\n   # another\nu plain secret\n\n",
                "\uFEFFu plain secret",
                "'u' \"plain\" 'secret'",
                "u plain \"secret\"# comment"
            })
    void spaceCommentsAndQuotesAreFree(String text) throws AuthDbException {
        assertThat(AuthDb.parse(text, "authdb").find("u")).contains(new Credential.Plain("secret"));
    }

    @Test
    void aBarewordMayContainQuotesAndHashes() throws AuthDbException {
        assertThat(AuthDb.parse("u plain it's#\"1\\n{;}", "authdb").find("u"))
                .contains(new Credential.Plain("it's#\"1\\n{;}"));
    }

    @Test
    void aStringMayContainAnythingAndEscapes() throws AuthDbException {
        assertThat(AuthDb.parse("\"a b\" plain ' #\\t\\r\\n\\\\\\'\\\"\" '", "authdb")
                        .find("a b"))
                .contains(new Credential.Plain(" #\t\r\n\\'\"\" "));
    }

    @Test
    void namesAndPasswordsAreUtf8() throws AuthDbException {
        assertThat(AuthDb.parse("\u00e9\ud83d\ude00 plain p\u00e4ss", "authdb").find("\u00e9\ud83d\ude00"))
                .contains(new Credential.Plain("p\u00e4ss"));
    }

    @Test
    void aFileWithoutUsersIsOne() throws AuthDbException {
        assertThat(AuthDb.parse("", "authdb").find("")).isEmpty();
    }

    @Test
    void readsAFile(@TempDir Path directory) throws IOException, AuthDbException {
        Path file = Files.writeString(directory.resolve("authdb"), "u plain p\u00e4ss\n");
        assertThat(AuthDb.read(file).find("u")).contains(new Credential.Plain("p\u00e4ss"));
    }

    @Test
    void aMissingFileIsAProblem(@TempDir Path directory) {
        Path file = directory.resolve("authdb");
        assertThatThrownBy(() -> AuthDb.read(file))
                .isInstanceOf(AuthDbException.class)
                .hasMessage(file + ":1:1: expected a readable file, found no such file; `passwd " + file
                        + " USER` makes one");
    }

    @Test
    void aFileThatIsNotUtf8IsAProblem(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("authdb"), new byte[] {'u', '\n', 'v', ' ', (byte) 0xff});
        assertThatThrownBy(() -> AuthDb.read(file))
                .isInstanceOf(AuthDbException.class)
                .hasMessage(file + ":2:3: expected UTF-8 text, found another byte");
    }
}
