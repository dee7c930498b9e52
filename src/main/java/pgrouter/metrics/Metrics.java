package pgrouter.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The figures that monitor shows. Any thread may count and read. */
public final class Metrics {
    private final AtomicInteger clients = new AtomicInteger();
    private final Map<String, BackendCounters> backends = new ConcurrentHashMap<>();

    public void clientCame() {
        clients.incrementAndGet();
    }

    public void clientLeft() {
        clients.decrementAndGet();
    }

    /** Connections that are open now, those that have not logged in yet included. */
    public int clients() {
        return clients.get();
    }

    /** @param backend the address of the backend as the config file writes it */
    public BackendCounters backend(String backend) {
        return backends.computeIfAbsent(backend, address -> new BackendCounters());
    }
}
