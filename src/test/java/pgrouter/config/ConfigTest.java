package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConfigTest {
    @Test
    void everythingButAuthdbAndABackendHasADefault() throws ConfigException {
        assertThat(Texts.parse("authdb users\nbackend db1"))
                .isEqualTo(new Config(
                        new Config.Fixed(
                                List.of(new Address.Any(5432)),
                                new Address.Host("127.0.0.1", 14231),
                                Optional.empty(),
                                1,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                RouteRules.DEFAULT),
                        new Config.Live(
                                List.of(),
                                new UserSource(Optional.of(Path.of("/etc/pgrouter/users")), Optional.empty()),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Logging.DEFAULT,
                                new Health(Duration.ofSeconds(3), Duration.ofSeconds(7), "postgres", "pgrouter", ""),
                                Consistency.CLUSTER,
                                ReadWait.AUTO,
                                Transactions.PRIMARY,
                                new Limits(
                                        new ClientLimits(10_000, 1_000_000, 1_000_000, 5_000, 16 << 20),
                                        Duration.ofSeconds(60),
                                        Duration.ZERO,
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(30)),
                                Pool.DEFAULT,
                                List.of(),
                                List.of(new Backend(
                                        new Address.Host("db1", 5432),
                                        BackendTls.OFF,
                                        16 << 20,
                                        Optional.of(Duration.ofSeconds(10)),
                                        100,
                                        Duration.ofSeconds(3))),
                                List.of(Path.of("/etc/pgrouter/users")))));
    }

    @Test
    void everyDirectiveArrives() throws ConfigException {
        String text = """
                listen *:1; listen /run/pg:2
                monitor *:3; http h:5 { users p }; workers 4
                authdb /a; authdb query "SELECT 1"; hba hba.conf; ident i; user u; group g; pidfile ../p
                log debug { to l; format json; slow 300ms }
                tls { ciphers ALL:!EXP:!LOW; cert c.pem; key /k.pem; passphrase p; ca a; crl b; protocols TLSv1.3; require on }
                health { timeout 1s; check 2s; database d; username h; password "s \\"p" }
                consistency Cluster; wait 20ms; transactions Optimistic; route { functions ask }
                clients 7 { user 6; address 5; startups 4; memory 1mb }; login 8s; idle 9m; failover 10s; shutdown 0; pool { size 3; idle 20s; age 30s }
                console { users x, y,z "a, b" }
                backend db1 { tls on; ca /ca; cert /c; key /k; passphrase q; lag 5kb 300ms; weight 6; timeout 7ms; auth Scram-SHA-256 }
                """;
        assertThat(Texts.parse(text))
                .isEqualTo(new Config(
                        new Config.Fixed(
                                List.of(new Address.Any(1), new Address.Directory(Path.of("/run/pg"), 2)),
                                new Address.Any(3),
                                Optional.of(new Address.Host("h", 5)),
                                4,
                                Optional.of("u"),
                                Optional.of("g"),
                                Optional.of(Path.of("/etc/pgrouter/../p")),
                                new RouteRules(FunctionRule.ASK, List.of(), List.of(), List.of())),
                        new Config.Live(
                                List.of("p"),
                                new UserSource(Optional.of(Path.of("/a")), Optional.of("SELECT 1")),
                                Optional.of(Path.of("/etc/pgrouter/hba.conf")),
                                Optional.of(Path.of("/etc/pgrouter/i")),
                                Optional.of(new Tls(
                                        new Identity(
                                                Path.of("/etc/pgrouter/c.pem"), Path.of("/k.pem"), Optional.of("p")),
                                        Optional.of(new Authority(
                                                Path.of("/etc/pgrouter/a"), Optional.of(Path.of("/etc/pgrouter/b")))),
                                        Optional.of(new Ciphers("ALL:!EXP:!LOW", "f", 5, 15)),
                                        Set.of(TlsProtocol.TLS_1_3),
                                        true)),
                                new Logging(
                                        LogLevel.DEBUG,
                                        new Logging.Target.File(Path.of("/etc/pgrouter/l")),
                                        Logging.Format.JSON,
                                        Duration.ofMillis(300)),
                                new Health(Duration.ofSeconds(1), Duration.ofSeconds(2), "d", "h", "s \"p"),
                                Consistency.CLUSTER,
                                ReadWait.of(Duration.ofMillis(20)),
                                Transactions.OPTIMISTIC,
                                new Limits(
                                        new ClientLimits(7, 6, 5, 4, 1 << 20),
                                        Duration.ofSeconds(8),
                                        Duration.ofMinutes(9),
                                        Duration.ofSeconds(10),
                                        Duration.ZERO),
                                new Pool(3, Duration.ofSeconds(20), Duration.ofSeconds(30)),
                                List.of("x", "y", "z", "a, b"),
                                List.of(new Backend(
                                        new Address.Host("db1", 5432),
                                        new BackendTls(
                                                BackendTls.Mode.ON,
                                                Optional.of(new Authority(Path.of("/ca"), Optional.empty())),
                                                Optional.of(
                                                        new Identity(Path.of("/c"), Path.of("/k"), Optional.of("q")))),
                                        5120,
                                        Optional.of(Duration.ofMillis(300)),
                                        6,
                                        Duration.ofMillis(7),
                                        BackendAuth.SCRAM_SHA_256)),
                                List.of(
                                        Path.of("/a"),
                                        Path.of("/etc/pgrouter/hba.conf"),
                                        Path.of("/etc/pgrouter/i"),
                                        Path.of("/k.pem"),
                                        Path.of("/k"),
                                        Path.of("f")))));
    }

    @Test
    void keywordsMayBeInAnyCase() throws ConfigException {
        Config config =
                Texts.parse("AUTHDB a; Health { Check 9S }; BackEnd DEFAULT { LAG 1 }; bACKEND Db1 { WEIGHT 2 }");
        assertThat(config.live().health().check()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.live().backends())
                .containsExactly(
                        new Backend(new Address.Host("Db1", 5432), BackendTls.OFF, 1, 2, Duration.ofSeconds(3)));
    }

    @Test
    void ofAScalarGivenTwiceTheLastOneCounts() throws ConfigException {
        Config config = Texts.complete("workers 2; workers 3; health { username a; username b }; health { check 1s }");
        assertThat(config.fixed().workers()).isEqualTo(3);
        assertThat(config.live().health().username()).isEqualTo("b");
        assertThat(config.live().health().check()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void defaultsApplyToTheBackendsAfterThem() throws ConfigException {
        String text = """
                authdb a
                backend db1
                backend default { lag 1; weight 2; tls on }
                backend db2
                backend db3 { weight 3 }
                backend default { weight 4 }
                backend db4
                backend default
                backend db5
                """;
        assertThat(Texts.parse(text).live().backends())
                .extracting(
                        Backend::lag, Backend::weight, backend -> backend.tls().mode())
                .extracting(Object::toString)
                .containsExactly("(16777216L, 100, OFF)", "(1L, 2, ON)", "(1L, 3, ON)", "(1L, 4, ON)", "(1L, 4, ON)");
    }

    @Test
    void whatABackendsTlsNeedsMayStandInTheDefaults() throws ConfigException {
        String text = """
                authdb a
                backend default { tls on; ca /ca; cert /c; key /k }
                backend db1
                backend db2 { tls skipverify; key /k2 }
                backend db3 { tls off }
                """;
        assertThat(Texts.parse(text).live().backends())
                .extracting(Backend::tls)
                .containsExactly(
                        new BackendTls(
                                BackendTls.Mode.ON,
                                Optional.of(new Authority(Path.of("/ca"), Optional.empty())),
                                identity("/c", "/k")),
                        new BackendTls(BackendTls.Mode.SKIPVERIFY, Optional.empty(), identity("/c", "/k2")),
                        BackendTls.OFF);
    }

    private static Optional<Identity> identity(String cert, String key) {
        return Optional.of(new Identity(Path.of(cert), Path.of(key), Optional.empty()));
    }

    @Test
    void aBackendsTimeoutIsThatOfHealthWhereverItStands() throws ConfigException {
        String text = "authdb a; backend db1; backend db2 { timeout 1s }; health { timeout 9s }";
        assertThat(Texts.parse(text).live().backends())
                .extracting(Backend::timeout)
                .containsExactly(Duration.ofSeconds(9), Duration.ofSeconds(1));
    }

    @Test
    void aBackendCalledDefaultNeedsQuotes() throws ConfigException {
        assertThat(Texts.parse("authdb a; backend 'default'; backend default:1")
                        .live()
                        .backends())
                .extracting(Backend::address)
                .containsExactly(new Address.Host("default", 5432), new Address.Host("default", 1));
    }

    @Test
    void aPasswordMayBeEmpty() throws ConfigException {
        assertThat(Texts.complete("health { password '' }").live().health().password())
                .isEmpty();
    }
}
