package pgrouter.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The figures that monitor shows. Any thread. */
public final class Metrics {
    private final AtomicInteger clients = new AtomicInteger();
    private final LongAdder lsnQueries = new LongAdder();
    private final LongAdder learnedRoutes = new LongAdder();
    private final Histogram reads = new Histogram();
    private final Histogram writes = new Histogram();
    private final Histogram redirects = new Histogram();
    private final Histogram logins = new Histogram();
    private final Histogram readWaits = new Histogram();
    private final Histogram readWaitsInVain = new Histogram();
    private final TransactionCounts transactions = new TransactionCounts();
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

    /** Counts a query for the position of a node in the log. */
    public void lsnQuery() {
        lsnQueries.increment();
    }

    public long lsnQueries() {
        return lsnQueries.sum();
    }

    /** Counts a request that went to the writer because a standby had refused it before. */
    public void learnedRoute() {
        learnedRoutes.increment();
    }

    public long learnedRoutes() {
        return learnedRoutes.sum();
    }

    /** The transactions that have ended. */
    public TransactionCounts transactions() {
        return transactions;
    }

    /** The time from the last byte of a request until a standby's answer to it was passed on. */
    public Histogram reads() {
        return reads;
    }

    /** The same where the primary has answered, whichever node was asked before. */
    public Histogram writes() {
        return writes;
    }

    /** The time from sending a request to a standby until it was refused. */
    public Histogram redirects() {
        return redirects;
    }

    /** The time from accepting a client until it may send its first request. */
    public Histogram logins() {
        return logins;
    }

    /**
     * The time that reads have waited for a standby to replay what they must see.
     *
     * @param reached whether a standby had replayed it then; else the primary was asked
     */
    public Histogram readWaits(boolean reached) {
        return reached ? readWaits : readWaitsInVain;
    }

    /** @param backend the address of the backend as the config file writes it */
    public BackendCounters backend(String backend) {
        return backends.computeIfAbsent(backend, address -> new BackendCounters());
    }
}
