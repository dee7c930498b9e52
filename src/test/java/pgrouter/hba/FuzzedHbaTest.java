package pgrouter.hba;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import pgrouter.config.ConfigException;
import pgrouter.testing.Fuzz;

/** Any text in front of the parsers of hba and ident; where it is one, every client gets a decision. */
class FuzzedHbaTest {
    @Test
    void rules() throws Exception {
        Fuzz.of("hba")
                .from(
                        "# comment\nhost all,\"d 1\" /^u.*$ 10.0.0.0/8 scram-sha-256\nlocal replication all trust\n",
                        "hostssl sameuser all ::1/128 cert map=m clientname=DN\nhost all all samenet reject\\\n\n",
                        "hostnossl a b 127.0.0.1 255.255.255.255 md5\ninclude_if_exists x\n")
                .with(
                        "host ",
                        "hostssl ",
                        "all ",
                        "/^(a|b)+$",
                        "\"",
                        "\\\n",
                        ",",
                        "#",
                        "@",
                        "0.0.0.0/0 ",
                        "::/0 ",
                        "trust\n")
                .refusedBy(ConfigException.class)
                .feed(input -> {
                    Hba hba = new HbaFiles().parse(Path.of("hba"), text(input), Path.of("ident"), "m a b\n");
                    hba.decide(Texts.client("10.1.2.3", "d 1", "user"), List::of);
                    hba.decide(Texts.tlsClient("::1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\\1"), List::of);
                });
    }

    @Test
    void maps() throws Exception {
        Fuzz.of("ident")
                .from("m /^(.*)@example$ \\1\nm ann bob\n", "people \"a b\" /^x\n")
                .with("/", "(", ")", "\\1", "\"", "*", "+", "{2,}", "m ", "\n")
                .refusedBy(ConfigException.class)
                .feed(input ->
                        new HbaFiles().parse(Path.of("hba"), "host all all all md5\n", Path.of("ident"), text(input)));
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
