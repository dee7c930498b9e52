package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.RouterProcess;
import pgrouter.testing.SharedCluster;

/** Clients and backends may be reached by the directory of a Unix-domain socket, as with {@code psql -h DIR}. */
@ExtendWith(SharedCluster.class)
class UnixSocketIT {
    @TempDir
    private Path directory;

    private final PostgresCluster cluster;

    UnixSocketIT(PostgresCluster cluster) {
        this.cluster = cluster;
    }

    private String backend(int node) {
        Path socketDirectory = cluster.socketDirectory(node).orElseThrow();
        return "'" + socketDirectory + ":" + cluster.port(node) + "'";
    }

    @Test
    void aClientAndItsBackendsMeetOverUnixDomainSockets() throws Exception {
        Assumptions.assumeTrue(cluster.socketDirectory(1).isPresent(), "the cluster runs in containers");
        RouterProcess.Options options = new RouterProcess.Options().with("listen '" + directory + ":6432'");
        try (RouterProcess router = RouterProcess.start(options, backend(1), backend(2))) {
            router.awaitReaders(1);
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL.6432")));
                ask(channel);
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    private static void ask(SocketChannel channel) throws IOException {
        try (FakeClient client = FakeClient.over(Channels.newInputStream(channel), Channels.newOutputStream(channel))) {
            List<String> greeting =
                    client.logIn(FakeClient.PROTOCOL_3_0, Map.of("user", "app", "database", "app"), "app-secret");
            assertThat(greeting).last().isEqualTo("Ready I");
            client.send(Frontend.query("SELECT 42"));
            assertThat(client.reply()).contains("Row 42");
        }
    }
}
