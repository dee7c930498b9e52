package pgrouter.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Reason;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;

/** The events of the cluster in the last quarter of an hour. Any thread. */
final class Events {
    static final Duration KEPT = Duration.ofMinutes(15);
    static final int MOST = 200;

    /** @param kind promotion, failed, back or lagging */
    record Event(Instant time, String kind, String backend, String text) {}

    private final ConcurrentLinkedDeque<Event> events = new ConcurrentLinkedDeque<>();
    private final AtomicReference<ClusterView> before;
    private final Supplier<Instant> clock;

    Events(ClusterView now, Supplier<Instant> clock) {
        this.before = new AtomicReference<>(now);
        this.clock = clock;
    }

    /** Adds the events of a new view. Runs on the thread that changed the view. */
    void heed(ClusterView now) {
        ClusterView last = before.getAndSet(now);
        for (Node node : now.nodes()) {
            last.node(node.backend().address()).ifPresent(was -> compare(was, node, last, now));
        }
    }

    private void compare(Node was, Node is, ClusterView last, ClusterView now) {
        String address = is.backend().address().toString();
        if (isWriter(is, now) && !isWriter(was, last)) {
            boolean known = was.isProbed() && was.role() == Role.STANDBY;
            add(known ? "promotion" : "back", address, address + " is the primary now");
        } else if (was.state() == State.OK && is.state() != State.OK) {
            add(
                    "failed",
                    address,
                    address + " is " + is.state() + ": " + is.reason().text());
        } else if (was.isProbed() && was.state() != State.OK && is.state() == State.OK) {
            add("back", address, address + " answers as " + is.role());
        } else if (was.isSuitableReader() && !is.isSuitableReader() && is.role() == Role.STANDBY) {
            add(
                    "lagging",
                    address,
                    address + " gets no reads: "
                            + (is.reason() instanceof Reason.None
                                    ? "its lag is over the limit"
                                    : is.reason().text()));
        }
    }

    private static boolean isWriter(Node node, ClusterView view) {
        return view.primary()
                .filter(primary ->
                        primary.backend().address().equals(node.backend().address()))
                .isPresent();
    }

    private void add(String kind, String backend, String text) {
        events.addLast(new Event(clock.get(), kind, backend, text));
        while (events.size() > MOST) {
            events.pollFirst();
        }
    }

    /** The events, the oldest first. */
    List<Event> recent() {
        Instant since = clock.get().minus(KEPT);
        return events.stream().filter(event -> event.time().isAfter(since)).toList();
    }
}
