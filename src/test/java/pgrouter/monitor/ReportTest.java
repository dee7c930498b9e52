package pgrouter.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Lsn;
import pgrouter.cluster.Node;
import pgrouter.cluster.State;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.metrics.Metrics;

final class ReportTest {
    private static Backend backend(Address address) {
        return new Backend(address, BackendTls.OFF, 200, 100, Duration.ofSeconds(1));
    }

    private static ClusterView everyKindOfNode() {
        Node primary = Node.primary(backend(new Address.Host("db1", 5432)), new Lsn(1), 1, 0);
        Backend second = backend(new Address.Host("::1", 5433));
        Node standby = Node.standby(second, Optional.of(new Lsn(1)), Optional.of(1234567L), 0);
        Node unmeasured = Node.standby(backend(new Address.Host("db3", 5432)), Optional.empty(), Optional.empty(), 0);
        Node starting = standby.unusable(State.STARTING, "57P03");
        Node unknown = Node.unknown(backend(new Address.Directory(Path.of("/run/postgresql"), 5432)));
        return new ClusterView(List.of(primary, standby, unmeasured, starting, unknown));
    }

    @Test
    void theFormatIsThatOfTheReadme() {
        Metrics metrics = new Metrics();
        metrics.clientCame();
        metrics.clientCame();
        metrics.clientLeft();
        metrics.backend("db1:5432").write();
        metrics.backend("[::1]:5433").read();
        metrics.backend("[::1]:5433").read();
        metrics.backend("[::1]:5433").redirect();
        assertThat(Report.of(everyKindOfNode(), 4, metrics, 2)).isEqualTo("""
            backends 3/5
            workers 4
            clients 1
            db1:5432 primary OK
            [::1]:5433 standby OK 1234567/200
            db3:5432 standby OK
            [::1]:5433 standby STARTING
            /run/postgresql:5432 unknown FAILED
            db1:5432 reads 0 writes 1 redirects 0
            [::1]:5433 reads 2 writes 0 redirects 1
            db3:5432 reads 0 writes 0 redirects 0
            [::1]:5433 reads 2 writes 0 redirects 1
            /run/postgresql:5432 reads 0 writes 0 redirects 0
            [::1]:5433 reason 57P03
            /run/postgresql:5432 reason not probed yet
            learned 2 routes 0
            lsn queries 0
            """);
    }

    @Test
    void theHostsLanguageDoesNotChangeTheDigits() {
        Locale before = Locale.getDefault();
        String expected = Report.of(everyKindOfNode(), 4, new Metrics(), 0);
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            assertThat(Report.of(everyKindOfNode(), 4, new Metrics(), 0)).isEqualTo(expected);
        } finally {
            Locale.setDefault(before);
        }
    }
}
