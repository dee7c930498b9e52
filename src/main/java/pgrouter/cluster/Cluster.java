package pgrouter.cluster;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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

    public void publish(ClusterView next) {
        view.set(next);
    }
}
