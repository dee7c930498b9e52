package pgrouter.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
import pgrouter.testing.Examples;

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
    void theExampleOfTheReadmeIsOne() throws IOException {
        Backend first = backend(new Address.Host("10.244.232.2", 6432));
        Backend second = backend(new Address.Host("10.244.232.3", 6432));
        Backend third = backend(new Address.Host("10.244.232.4", 6432));
        Node lost = Node.standby(third, Optional.of(new Lsn(1)), Optional.of(0L), 0)
                .unusable(State.FAILED, "connection lost: Connection reset");
        ClusterView view = new ClusterView(List.of(
                Node.primary(first, new Lsn(1), 1, 0),
                Node.standby(limited(second, 65536), Optional.of(new Lsn(1)), Optional.of(0L), 0),
                lost));
        Metrics metrics = new Metrics();
        times(12, metrics::clientCame);
        times(1504, metrics.backend("10.244.232.2:6432")::write);
        times(20113, metrics.backend("10.244.232.3:6432")::read);
        times(7, metrics.backend("10.244.232.3:6432")::redirect);
        times(19872, metrics.backend("10.244.232.4:6432")::read);
        times(3, metrics.backend("10.244.232.4:6432")::redirect);
        times(418, metrics::learnedRoute);
        times(96, metrics::lsnQuery);
        assertThat(Report.of(view, 1, metrics, 10))
                .isEqualTo(Examples.ofReadme("backends 2/3").text());
    }

    private static Backend limited(Backend backend, long lag) {
        return new Backend(backend.address(), BackendTls.OFF, lag, 100, Duration.ofSeconds(1));
    }

    private static void times(int count, Runnable event) {
        for (int i = 0; i < count; i++) {
            event.run();
        }
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
