package pgrouter.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.MountableFile;

/** A cluster of the official images, with the entrypoint and the roles of {@code test-cluster/docker-compose.yml}. */
final class ContainerCluster implements PostgresCluster {
    private static final int POSTGRES_PORT = 5432;
    private static final Path SCRIPTS = Path.of("test-cluster", "docker");
    private static final int EXECUTABLE = 0755;

    private final DockerClient docker = DockerClientFactory.instance().client();
    private final Network network = Network.newNetwork();
    private final SortedMap<Integer, PostgreSQLContainer> containers = new TreeMap<>();
    private final Options options;
    private final int firstPort;

    private ContainerCluster(Options options) {
        this.options = options;
        this.firstPort = FreePorts.row(options.standbys() + 1);
    }

    static PostgresCluster start(Options options) {
        Assumptions.assumeTrue(options.tls().isEmpty(), "the containers have no certificates");
        ContainerCluster cluster = new ContainerCluster(options);
        cluster.put(1, Optional.empty());
        for (int node = 2; node <= options.standbys() + 1; node++) {
            cluster.put(node, Optional.of(1));
        }
        return cluster;
    }

    private void put(int node, Optional<Integer> upstream) {
        PostgreSQLContainer container = container(node);
        upstream.ifPresent(primary -> container.withEnv("PRIMARY", name(primary)));
        containers.put(node, container);
        container.start();
    }

    private PostgreSQLContainer container(int node) {
        // Testcontainers maps to random ports, which would change when a node is started again.
        PortBinding port = new PortBinding(Binding.bindPort(port(node)), new ExposedPort(POSTGRES_PORT));
        PostgreSQLContainer container = new PostgreSQLContainer("postgres:" + options.postgres())
                .withUsername(Login.SUPERUSER.user())
                .withPassword(Login.SUPERUSER.password())
                .withDatabaseName("postgres");
        container
                .withNetwork(network)
                .withNetworkAliases(name(node))
                .withEnv("NODE", name(node))
                .withEnv("HBA", String.join("\n", options.hba()))
                .withCopyFileToContainer(script("node.sh"), "/cluster/node.sh")
                .withCopyFileToContainer(script("roles.sh"), "/docker-entrypoint-initdb.d/roles.sh")
                .withCreateContainerCmdModifier(command -> {
                    command.withEntrypoint("/cluster/node.sh");
                    command.getHostConfig().withPortBindings(port);
                })
                .withCommand("-c", "synchronous_standby_names=" + synchronousNames())
                .waitingFor(Wait.forSuccessfulCommand("pg_isready -h 127.0.0.1").withStartupTimeout(DEADLINE));
        return container;
    }

    private String synchronousNames() {
        return options.synchronous() ? "ANY 1 (*)" : "";
    }

    private static MountableFile script(String name) {
        return MountableFile.forHostPath(SCRIPTS.resolve(name), EXECUTABLE);
    }

    private static String name(int node) {
        return "node" + node;
    }

    private String id(int node) {
        return containers.get(node).getContainerId();
    }

    private void sql(int node, String function) {
        try {
            ask(node, "SELECT " + function);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    name(node) + ": " + containers.get(node).getLogs(), e);
        }
    }

    @Override
    public int nodes() {
        return options.standbys() + 1;
    }

    @Override
    public int port(int node) {
        return firstPort + node - 1;
    }

    @Override
    public Optional<Path> socketDirectory(int node) {
        return Optional.empty();
    }

    @Override
    public void promote(int node) {
        sql(node, "pg_promote()");
    }

    @Override
    public void stop(int node) {
        docker.stopContainerCmd(id(node)).exec();
    }

    @Override
    public void start(int node) {
        docker.startContainerCmd(id(node)).exec();
        Await.until(name(node) + " lets somebody in", () -> letsIn(node));
    }

    private boolean letsIn(int node) {
        try (Connection connection = connect(node, "postgres", Login.SUPERUSER)) {
            return !connection.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void kill(int node) {
        docker.killContainerCmd(id(node)).exec();
    }

    @Override
    public void freeze(int node) {
        docker.pauseContainerCmd(id(node)).exec();
    }

    @Override
    public void thaw(int node) {
        docker.unpauseContainerCmd(id(node)).exec();
    }

    @Override
    public void pauseReplay(int node) {
        sql(node, "pg_wal_replay_pause()");
    }

    @Override
    public void resumeReplay(int node) {
        sql(node, "pg_wal_replay_resume()");
    }

    @Override
    public void follow(int node, int upstream) {
        containers.get(node).stop();
        put(node, Optional.of(upstream));
    }

    @Override
    public void close() {
        containers.values().forEach(PostgreSQLContainer::stop);
        network.close();
    }
}
