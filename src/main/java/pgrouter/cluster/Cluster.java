package pgrouter.cluster;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import pgrouter.config.Address;
import pgrouter.config.Backend;

/** The one place where the current {@link ClusterView} is. Health publishes; any thread reads, without a lock. */
public final class Cluster {
    private final AtomicReference<ClusterView> view;

    public Cluster(List<Backend> backends) {
        view = new AtomicReference<>(
                new ClusterView(backends.stream().map(Node::unknown).toList()));
    }

    public ClusterView view() {
        return view.get();
    }

    /** A round of health is over, or a part of it. Positions that were asked for meanwhile remain. */
    public void publish(ClusterView next) {
        view.updateAndGet(next::notBefore);
    }

    /** A node has told its position. */
    public void at(Address address, Role role, Lsn position, long askedAt) {
        view.updateAndGet(known -> known.at(address, role, position, askedAt));
    }
}
