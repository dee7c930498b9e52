package pgrouter.auth;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.testing.Fuzz;

/** Any text in front of the parsers of the authdb, and of both ends of SCRAM. */
class FuzzedSecretsTest {
    private static final byte[] SALT = new byte[16];
    private static final ScramVerifier VERIFIER = ScramVerifier.of("secret", SALT, 1);
    private static final byte[] END_POINT = new byte[32];

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    @Test
    void authdbs() throws Exception {
        Fuzz.of("authdb")
                .from(
                        "# users\na md5 md5" + "0123456789abcdef".repeat(2) + "\nb plain 'x\\ty' # b\n",
                        "\"c d\" scram-sha-256 " + VERIFIER.text() + "\r\n")
                .with("md5 ", "plain ", "scram-sha-256 ", "\"", "'", "\\", "#", "\n", "$", ":")
                .refusedBy(AuthDbException.class)
                .feed(input -> AuthDb.parse(text(input), "authdb"));
    }

    @Test
    void textsToBeChanged() throws Exception {
        Fuzz.of("authdb text")
                .from("# users\na plain x\n  \"c d\" plain 'x' # comment\r\n\n")
                .with("\"", "'", "\\", "#", "\n", "\r\n", "a ", "\uFEFF")
                .feed(input -> AuthDbText.of(text(input), Map.of("a", new Credential.Plain("new"))));
    }

    @Test
    void listsOfPasswords() throws Exception {
        Fuzz.of("password list")
                .from(
                        "app " + VERIFIER.text() + "\nno password \n",
                        "\"a\"\"b\" \"md5" + "0123456789abcdef".repeat(2) + "\"\n; c\n")
                .with("\"", ";", " ", "\n", "md5", "SCRAM-SHA-256$", "|")
                .refusedBy(AuthDbException.class)
                .feed(input -> PasswordList.read(new ByteArrayInputStream(input), "list"));
    }

    @Test
    void messagesOfClients() throws Exception {
        Fuzz.of("SCRAM server")
                .from("n,,n=,r=fyko+d2lbbFgONRv9qkxdawL", "p=tls-server-end-point,,n=,r=abc", "y,,n=a=2Cb,r=abc,x=y")
                .with("n,,", "y,,", "p=", "a=", "m=", ",", "=2C", "r=")
                .refusedBy(ScramException.class)
                .feed(input -> server().challenge(ScramServer.MECHANISM, text(input)));
        Fuzz.of("SCRAM proof")
                .from("c=biws,r=abcdef,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "c=biws,r=abcdef,x=y,p=AAAA")
                .with("c=", "r=", "p=", ",", "biws", "=")
                .refusedBy(ScramException.class)
                .feed(input -> {
                    ScramServer server = server();
                    server.challenge(ScramServer.MECHANISM, "n,,n=,r=abc");
                    server.verify(text(input));
                });
    }

    private static ScramServer server() {
        return new ScramServer(VERIFIER, true, () -> "def", Optional.of(END_POINT));
    }

    /** The client has no password but the keys of the verifier: how often a server wants it to be hashed is a cost, and no fault. */
    @Test
    void messagesOfServers() throws Exception {
        Credential.Proven proven = proven();
        Fuzz.of("SCRAM client")
                .from("r=abcdef,s=AAAAAAAAAAAAAAAAAAAAAA==,i=1", "r=abc,s=QQ==,i=4096,x=y")
                .with("r=abc", "s=", "i=", "m=", ",", "99999999999", "e=other-error")
                .refusedBy(ScramException.class)
                .feed(input -> {
                    ScramClient client = new ScramClient(ChannelBinding.NONE, proven, () -> "abc");
                    client.first();
                    client.answer(text(input));
                    client.verify(text(input));
                });
        Fuzz.of("verifier")
                .from(VERIFIER.text())
                .with("$", ":", "=", "SCRAM-SHA-256$")
                .refusedBy(IllegalArgumentException.class)
                .feed(input -> ScramVerifier.parse(text(input)));
    }

    private static Credential.Proven proven() throws ScramException {
        ScramServer server = server();
        ScramClient client = new ScramClient("secret", () -> "abc");
        server.verify(client.answer(server.challenge(client.first())));
        return server.proven();
    }
}
