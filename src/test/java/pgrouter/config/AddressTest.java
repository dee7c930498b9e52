package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
    private static final String LISTEN = "*:PORT, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT";
    private static final String MONITOR = "*:PORT, HOST:PORT or [IPv6]:PORT";
    private static final String BACKEND = "default, HOST:PORT, [IPv6]:PORT or /DIRECTORY:PORT";

    private static Address listen(String text) throws ConfigException {
        return Texts.complete("listen " + text).fixed().listen().get(0);
    }

    @Test
    void aStarIsEveryLocalAddress() throws ConfigException {
        assertThat(listen("*:6432")).isEqualTo(new Address.Any(6432));
        assertThat(listen("*")).isEqualTo(new Address.Any(5432));
    }

    @Test
    void aHostIsANameOrAnIpv4Address() throws ConfigException {
        assertThat(listen("127.0.0.1")).isEqualTo(new Address.Host("127.0.0.1", 5432));
        assertThat(listen("127.0.0.1:6432")).isEqualTo(new Address.Host("127.0.0.1", 6432));
        assertThat(listen("db_1.example-host.com.:1")).isEqualTo(new Address.Host("db_1.example-host.com.", 1));
        assertThat(listen("4you:65535")).isEqualTo(new Address.Host("4you", 65535));
    }

    @Test
    void anIpv6AddressStandsInBrackets() throws ConfigException {
        assertThat(listen("[::1]")).isEqualTo(new Address.Host("::1", 5432));
        assertThat(listen("[::1]:6432")).isEqualTo(new Address.Host("::1", 6432));
        assertThat(listen("\"[::1]:6432\"")).isEqualTo(new Address.Host("::1", 6432));
    }

    @Test
    void anAbsolutePathIsADirectory() throws ConfigException {
        assertThat(listen("/run/postgresql")).isEqualTo(new Address.Directory(Path.of("/run/postgresql"), 5432));
        assertThat(listen("/run/postgresql:6432")).isEqualTo(new Address.Directory(Path.of("/run/postgresql"), 6432));
        assertThat(listen("'/my sockets:6432'")).isEqualTo(new Address.Directory(Path.of("/my sockets"), 6432));
    }

    @ParameterizedTest
    @CsvSource({
        "*,*:5432",
        "10.0.0.1,10.0.0.1:5432",
        "[::1],[::1]:5432",
        "[fe80::1%eth0]:1,[fe80::1%eth0]:1",
        "/run/postgresql,/run/postgresql:5432"
    })
    void anAddressPrintsAsADbaWritesIt(String text, String printed) throws ConfigException {
        assertThat(listen(text)).hasToString(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "2001:db8::7:8",
                "1:2:3:4:5:6:7:8",
                "::ffff:1.2.3.4",
                "1:2:3:4:5:6:1.2.3.4",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "FE80::ABCD%en0"
            })
    void ipv6LiteralsAreKnown(String text) {
        assertThat(IpLiteral.isVersion6(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":::",
                ":::1",
                "%eth0",
                "1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "g::",
                "1.2.3.4",
                "1.2.3.4::",
                "::1.2.3",
                "::1.2.3.256",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:6:7:8::",
                "::1%",
                "::1%a%b",
                "1:",
                ":1",
                "::1:",
                "1:2:3:4::5:6:7:8"
            })
    void whatIsNoIpv6LiteralIsKnownToo(String text) {
        assertThat(IpLiteral.isVersion6(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "99999", "100000", "", "x", "-1", "99999999999"})
    void aPortIsFrom1To65535(String port) {
        String expected = "expected a port from 1 to 65535 after the last colon, found `";
        assertThat(Texts.problemsOf("listen *:" + port)).containsExactly("f:1:8: " + expected + "*:" + port + "`");
        assertThat(Texts.problemsOf("listen h:" + port)).containsExactly("f:1:8: " + expected + "h:" + port + "`");
        assertThat(Texts.problemsOf("listen /d:" + port)).containsExactly("f:1:8: " + expected + "/d:" + port + "`");
        assertThat(Texts.problemsOf("listen [::1]:" + port))
                .containsExactly("f:1:8: " + expected + "[::1]:" + port + "`");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5432",
                ":5432",
                "999.0.0.1",
                "1.2.3",
                "1.2.3.4.5",
                "127.0.0.01",
                "relative/dir",
                "a..b",
                "-a",
                "a-",
                ".a",
                "a!b",
                "**",
                "*.example.com",
                "[::1",
                "[::1]x",
                "[::1]5432"
            })
    void whatIsNoAddressIsAProblem(String text) {
        assertThat(Texts.problemsOf("listen " + text))
                .containsExactly("f:1:8: expected " + LISTEN + ", found `" + text + "`");
    }

    @Test
    void aNameLongerThanDnsAllowsIsAProblem() {
        assertThat(Texts.problemsOf("listen " + "a".repeat(254)))
                .containsExactly("f:1:8: expected " + LISTEN + ", found `" + "a".repeat(60) + "...`");
    }

    @Test
    void ipv6WithoutBracketsSaysWhatIsMissing() {
        assertThat(Texts.problemsOf("listen ::1"))
                .containsExactly("f:1:8: expected an IPv6 address in brackets, such as [::1]:5432, found `::1`");
        assertThat(Texts.problemsOf("listen [db1]:5432"))
                .containsExactly("f:1:8: expected an IPv6 address between the brackets, found `[db1]:5432`");
    }

    @Test
    void monitorIsNoDirectoryAndHasItsOwnPort() throws ConfigException {
        assertThat(Texts.complete("monitor *").fixed().monitor()).hasToString("*:14231");
        assertThat(Texts.complete("monitor [::1]").fixed().monitor()).hasToString("[::1]:14231");
        assertThat(Texts.complete("monitor localhost:80").fixed().monitor()).hasToString("localhost:80");
        assertThat(Texts.problemsOf("monitor /run")).containsExactly("f:1:9: expected " + MONITOR + ", found `/run`");
    }

    @Test
    void aBackendIsAHostOrADirectory() throws ConfigException {
        assertThat(Texts.parse("authdb a; backend /run/postgresql; backend db2:1; backend [::1]")
                        .live()
                        .backends())
                .extracting(backend -> backend.address().toString())
                .containsExactly("/run/postgresql:5432", "db2:1", "[::1]:5432");
        assertThat(Texts.problemsOf("backend *:5432"))
                .containsExactly("f:1:9: expected " + BACKEND + ", found `*:5432`");
    }
}
