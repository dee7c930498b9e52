package pgrouter.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import pgrouter.catalog.CatalogConnection.Reading;
import pgrouter.catalog.CatalogConnection.Unavailable;
import pgrouter.cluster.Cluster;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Backend;
import pgrouter.config.RouteRules;
import pgrouter.log.Log;
import pgrouter.protocol.SqlState;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;

/**
 * Keeps the findings of one database's catalog. A thread of its own asks for the mark of the catalog as long as
 * sessions use the database, and reads the catalog where the mark has changed. The findings stay until newer ones
 * replace them. Any thread.
 */
final class CatalogReader implements Runnable {
    private static final Log LOG = Log.of("catalog");

    /** Changes that follow one another within this time are read together. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    /**
     * Interval of the look for changes that were made without pgrouter, or {@link #SHARE} times as long as a look
     * takes, whichever is longer.
     */
    private static final Duration REFRESH = Duration.ofMillis(500);

    private static final int SHARE = 20;

    /** Delay before the catalog is read again for a name that is unknown. */
    private static final Duration SOON = Duration.ofMillis(100);

    /** Delay before the next attempt where the catalog cannot be read; doubles with each failure, up to a limit. */
    private static final Duration AGAIN = Duration.ofMillis(200);

    private static final Duration AGAIN_AT_MOST = Duration.ofSeconds(20);

    /** The connection outlives the last session for this time. DROP DATABASE waits for five seconds. */
    private static final Duration CONNECTED = Duration.ofSeconds(1);

    /** The findings outlive the last session for this time. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final String database;
    private final Cluster cluster;
    private final CatalogConnection connection;
    private final RouteRules rules;
    private final Forgetting forgetting;

    private final AtomicLong wanted = new AtomicLong(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition happened = lock.newCondition();
    private int users;
    private boolean gone;
    private volatile long read;

    /** Whether the catalog was looked at since the database has had no session. */
    private volatile boolean watched;

    private volatile boolean failing;

    /** Whether a caller wants the next look sooner. */
    private volatile boolean hurried;

    /** Until this moment no connection is kept between two looks. */
    private volatile long roomUntil = System.nanoTime();

    private volatile Optional<SuspectsByPath> known = Optional.empty();

    /** The mark of the findings. Reader thread only. */
    private String mark = "";

    private Duration pause = AGAIN;

    /** Takes a reader that no session uses out of use. */
    interface Forgetting {
        /** @return whether no session has come meanwhile: the reader ends */
        boolean forget(CatalogReader reader);
    }

    CatalogReader(
            String database, Cluster cluster, CatalogConnection connection, RouteRules rules, Forgetting forgetting) {
        this.database = database;
        this.cluster = cluster;
        this.connection = connection;
        this.rules = rules;
        this.forgetting = forgetting;
    }

    String database() {
        return database;
    }

    void came() {
        locked(() -> {
            watched &= users > 0;
            users++;
            gone = false;
        });
    }

    void left() {
        locked(() -> users--);
    }

    boolean isUsed() {
        lock.lock();
        try {
            return users > 0;
        } finally {
            lock.unlock();
        }
    }

    Optional<SuspectNames> suspects(Optional<SearchPath> path) {
        Optional<SuspectsByPath> now = known;
        if (now.isEmpty() || !watched || read != wanted.get()) {
            return Optional.empty();
        }
        return path.isEmpty() ? now.get().whole() : now.get().under(path.get());
    }

    private void isAskedFor() {
        locked(() -> {});
    }

    /** The schema may have been changed. */
    void changed() {
        locked(() -> {
            wanted.incrementAndGet();
            gone = false;
        });
    }

    /** Asks for a look soon, since a name is used that is unknown. Not every such use causes a look. */
    void lookAgain() {
        if (!hurried) {
            locked(() -> hurried = true);
        }
    }

    /** Another node has become the primary. */
    void moved() {
        changed();
        connection.close();
    }

    /** Closes the connection for this time: a statement may wait that long until it has the database for itself. */
    void makeRoom(Duration time) {
        roomUntil = System.nanoTime() + time.toNanos();
        connection.close();
    }

    void await(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while ((read == 0 || !watched) && !failing && left > 0) {
                left = happened.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            happened.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            while (isNeeded()) {
                long version = wanted.get();
                rest(version, look(version));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            connection.close();
        }
    }

    private boolean isNeeded() throws InterruptedException {
        if (!isUsedWithin(CONNECTED)) {
            connection.close();
            return isUsedWithin(REMEMBERED) || !forgetting.forget(this);
        }
        return true;
    }

    private boolean isUsedWithin(Duration time) throws InterruptedException {
        long left = time.toNanos();
        lock.lock();
        try {
            while (users == 0 && left > 0) {
                left = happened.awaitNanos(left);
            }
            return users > 0;
        } finally {
            lock.unlock();
        }
    }

    /** @return the time for which there is nothing more to do */
    private Duration look(long version) throws InterruptedException {
        ClusterView view = cluster.view();
        Optional<Node> node = known.isPresent()
                ? view.primary()
                : view.primary().or(() -> view.suitableReaders().stream().findFirst());
        if (node.isEmpty()) {
            watched |= known.isPresent() && read == version;
            return AGAIN;
        }
        long began = System.nanoTime();
        try {
            find(node.get().backend());
        } catch (Unavailable e) {
            return failed(e);
        } catch (RuntimeException | Error e) {
            return failed(new Unavailable(e.toString(), SqlState.OUT_OF_MEMORY));
        }
        if (roomUntil - System.nanoTime() > 0) {
            connection.close();
        }
        done(version);
        return longest(REFRESH, Duration.ofNanos(SHARE * (System.nanoTime() - began)));
    }

    private void find(Backend backend) throws Unavailable, InterruptedException {
        if (known.isPresent() && connection.mark(backend).equals(mark)) {
            return;
        }
        Reading found = connection.read(backend, rules);
        SuspectsByPath news = new SuspectsByPath(found.findings(), this::isAskedFor);
        if (known.isEmpty() || !news.isSame(known.get())) {
            known.ifPresent(news::askAs);
            news.answer();
            known = Optional.of(news);
        }
        mark = found.mark();
        LOG.debug(() -> "database " + database + ": " + found.findings().whole().size() + " suspicious names");
    }

    private void done(long version) throws InterruptedException {
        locked(() -> {
            read = version;
            watched = true;
            failing = false;
        });
        pause = AGAIN;
        Thread.sleep(PAUSE);
    }

    private Duration failed(Unavailable e) {
        if (!failing) {
            complain(e);
        }
        boolean isGone = e.sqlState().equals(SqlState.UNDEFINED_DATABASE);
        locked(() -> {
            failing = true;
            gone = isGone;
        });
        Duration now = pause;
        pause = now.compareTo(AGAIN_AT_MOST) < 0 ? now.multipliedBy(2) : now;
        return now;
    }

    /** Logs a failure once, until the catalog can be read again. */
    private void complain(Unavailable e) {
        if (known.isPresent()) {
            LOG.warn("the functions of database " + database + " cannot be looked at, so what was known of them stays: "
                    + e.getMessage());
        } else {
            LOG.warn("the functions of database " + database
                    + " cannot be looked at, so all its reads go to the primary: " + e.getMessage());
        }
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /**
     * Waits until something has changed. A missing database is not queried again before a session comes or a change is
     * reported.
     */
    private void rest(long version, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        long soon = Math.min(end, System.nanoTime() + SOON.toNanos());
        while (isAskedBefore(end, soon, version)) {
            answer();
        }
    }

    /**
     * Waits until the catalog is to be looked at, or a session asks for the findings of a new path.
     *
     * @return whether it was the latter
     */
    private boolean isAskedBefore(long end, long soon, long version) throws InterruptedException {
        long left = end - System.nanoTime();
        lock.lock();
        try {
            while (!isAsked() && users > 0 && isAtRest(version) && (left > 0 || gone)) {
                happened.awaitNanos(gone ? Long.MAX_VALUE : left);
                left = (hurried && !failing ? soon : end) - System.nanoTime();
            }
            hurried &= isAsked();
            return isAsked();
        } finally {
            lock.unlock();
        }
    }

    private boolean isAsked() {
        return known.filter(SuspectsByPath::isAsked).isPresent();
    }

    /**
     * Answers the paths that were asked for. For a path that cannot be answered, everything counts that is suspicious
     * for any path.
     */
    private void answer() {
        try {
            known.ifPresent(SuspectsByPath::answer);
        } catch (RuntimeException | Error e) {
            LOG.warn("the functions of database " + database + " cannot be told apart by search_path: " + e);
        }
    }

    /**
     * Whether there is no reason for a look now. A catalog that cannot be read is not tried more often because sessions
     * ask for it.
     */
    private boolean isAtRest(long version) {
        return failing || (watched && wanted.get() == version);
    }
}
