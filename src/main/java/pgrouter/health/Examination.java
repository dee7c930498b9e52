package pgrouter.health;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import pgrouter.backend.Connector;
import pgrouter.backend.Reached;
import pgrouter.cluster.ClusterView;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.net.Carrier;
import pgrouter.net.Names;
import pgrouter.net.TaskScope;

/** Asks one backend once, on the thread that calls. Each query has the backend's timeout. */
record Examination(Connector connector, Health health, Backend backend) implements Callable<Finding> {
    /** A role that may not see the columns of the view still sees the process id. On a primary the view has no row. */
    private static final String RECEIVER =
            "SELECT pg_is_in_recovery(), count(pid), count(status) FROM pg_stat_wal_receiver";

    @Override
    public Finding call() throws InterruptedException {
        AtomicReference<Optional<Reached>> reached = new AtomicReference<>(Optional.empty());
        try (TaskScope scope = new TaskScope("names");
                Probe probe =
                        new Probe(connector, Carrier.JDK, health, backend, way -> reached.set(Optional.of(way)))) {
            Future<List<InetAddress>> names = scope.fork(this::names);
            UnaryOperator<ClusterView> news = probe.what();
            Optional<Throwable> trouble = probe.trouble();
            Optional<Finding.Receiver> receiver =
                    trouble.isPresent() ? Optional.empty() : probe.row(RECEIVER).flatMap(Examination::receiver);
            return new Finding(backend, resolved(names), reached.get(), news, trouble, probe.version(), receiver);
        }
    }

    private List<InetAddress> names() throws IOException {
        return backend.address() instanceof Address.Host(String name, int port)
                ? List.of(Names.resolve(name))
                : List.of();
    }

    private List<InetAddress> resolved(Future<List<InetAddress>> names) throws InterruptedException {
        try {
            return names.get(backend.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            return List.of();
        }
    }

    private static Optional<Finding.Receiver> receiver(List<Optional<String>> row) {
        if (!row.get(0).equals(Optional.of("t"))) {
            return Optional.empty();
        }
        if (row.get(1).equals(Optional.of("0"))) {
            return Optional.of(Finding.Receiver.NONE);
        }
        return Optional.of(row.get(2).equals(Optional.of("0")) ? Finding.Receiver.HIDDEN : Finding.Receiver.SEEN);
    }
}
