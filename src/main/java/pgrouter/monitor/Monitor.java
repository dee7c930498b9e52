package pgrouter.monitor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;
import pgrouter.cluster.Cluster;
import pgrouter.log.Log;
import pgrouter.metrics.Metrics;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;

/** Answers each connection with the present status and closes it, on a virtual thread a connection. */
public final class Monitor {
    private static final Log LOG = Log.of("monitor");

    private final Cluster cluster;
    private final int workers;
    private final Metrics metrics;
    private final IntSupplier learned;

    /** @param learned the number of statements that standbys are known to refuse */
    public Monitor(Cluster cluster, int workers, Metrics metrics, IntSupplier learned) {
        this.cluster = cluster;
        this.workers = workers;
        this.metrics = metrics;
        this.learned = learned;
    }

    /** Returns at once. */
    public void accept(Wire wire, Carrier carrier) {
        carrier.start("monitor", () -> answer(wire));
    }

    private void answer(Wire wire) {
        try (wire) {
            byte[] text = Report.of(cluster.view(), workers, metrics, learned.getAsInt())
                    .getBytes(StandardCharsets.UTF_8);
            wire.write(ByteBuffer.wrap(text));
        } catch (IOException gone) {
            LOG.debug(() -> "a reader of the status left: " + gone.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("a reader of the status could not be answered: " + e);
        }
    }
}
