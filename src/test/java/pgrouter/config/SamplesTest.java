package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Configuration files that were published for the first pgrouter, verbatim. */
final class SamplesTest {
    private static final String README = """
            # pgrouter.conf
            listen *:5432
            authdb /etc/pgrouter/authdb
            log INFO

            # health checking configuration
            health {
              timeout  3s
              check    7s
              database postgres
              username pgrouter
              password sekrit
            }

            # backend configuration
            backend default {
              lag 200
              weight 100
            }
            backend 10.244.232.2:6432 { }
            backend 10.244.232.3:6432 {
              lag 50
              weight 200
            }
            backend 10.244.232.4:6432 { }
            backend 10.244.232.5:6432 { }
            """;

    private static final String CONFIG_SAMPLE = """
            # pgrouter.conf

            listen *:5432
            monitor 127.0.0.1:9881
            workers 64
            hba /path/to/hba

            tls {
              ciphers ALL:!EXP:!LOW
              cert /path/to/pem
              key  /path/to/pem
            }

            user  vagrant
            group vagrant
            pidfile /tmp/pid.pid.pidfile
            authdb passwd.sample
            log INFO

            health {
              timeout 3s
              check 7s
              database postgres
              username pgtest
              #password "s\\ekrit squirrel"
              username hedgehog
              password frank
              database hedgehog
            }

            #backend default tls skipverify
            #backend default lag 200
            #backend default weight 100
            backend default {
              tls skipverify;
              lag 200
              weight 100
            }
            backend 10.244.232.2:6432 { }
            backend 10.244.232.3:6432 { }
            backend 10.244.232.4:6432 { }
            #backend 10.0.0.5:6432 { lag 800; }
            #backend 10.0.0.6:6432 { }

            backend default { tls off }
            #backend 10.0.0.7:6432 { weight 125; lag 500b }
            #backend 10.0.0.8:6432 { weight 250 }
            """;

    @Test
    void theSampleOfTheReadmeIsAccepted() throws ConfigException {
        Config config = Texts.parse(README);
        assertThat(config.fixed().listen()).containsExactly(new Address.Any(5432));
        assertThat(config.live().users().file()).contains(Path.of("/etc/pgrouter/authdb"));
        assertThat(config.live().health())
                .isEqualTo(new Health(Duration.ofSeconds(3), Duration.ofSeconds(7), "postgres", "pgrouter", "sekrit"));
        assertThat(config.live().backends())
                .extracting(backend -> backend.address() + " " + backend.lag() + " " + backend.weight())
                .containsExactly(
                        "10.244.232.2:6432 200 100",
                        "10.244.232.3:6432 50 200",
                        "10.244.232.4:6432 200 100",
                        "10.244.232.5:6432 200 100");
    }

    @Test
    void theSampleFileOfTheFirstPgrouterIsAccepted() throws ConfigException {
        Config config = Texts.parse(CONFIG_SAMPLE);
        assertThat(config.fixed().monitor()).hasToString("127.0.0.1:9881");
        assertThat(config.fixed().workers()).isEqualTo(64);
        assertThat(config.live().users().file()).contains(Path.of("/etc/pgrouter/passwd.sample"));
        assertThat(config.live().hba()).contains(Path.of("/path/to/hba"));
        Tls tls = config.live().tls().orElseThrow();
        assertThat(tls.identity())
                .isEqualTo(new Identity(Path.of("/path/to/pem"), Path.of("/path/to/pem"), Optional.empty()));
        assertThat(tls.ciphers().map(Ciphers::list)).contains("ALL:!EXP:!LOW");
        assertThat(config.fixed().user()).contains("vagrant");
        assertThat(config.fixed().group()).contains("vagrant");
        assertThat(config.fixed().pidfile()).contains(Path.of("/tmp/pid.pid.pidfile"));
        assertThat(config.live().health())
                .isEqualTo(new Health(Duration.ofSeconds(3), Duration.ofSeconds(7), "hedgehog", "hedgehog", "frank"));
        assertThat(config.live().backends())
                .hasSize(3)
                .allMatch(backend -> backend.tls().mode() == BackendTls.Mode.SKIPVERIFY && backend.lag() == 200);
    }
}
