package pgrouter.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Connects, with wires of the given carrier. The calling thread waits as long as the kernel does: the caller sets a
 * deadline.
 */
public final class Dialer {
    /** Connection attempt delay: the time after which the next address is tried too (RFC 8305, section 5). */
    private static final Duration HEAD_START = Duration.ofMillis(250);

    private Dialer() {}

    /**
     * Connects over TCP to the first address of the name that answers. Resolves the name for each connection.
     *
     * @throws IOException the failure of the last address
     */
    public static Wire dial(String host, int port, Carrier carrier) throws IOException {
        return first(
                Stream.of(Names.resolve(host))
                        .map(address -> new InetSocketAddress(address, port))
                        .toList(),
                carrier);
    }

    /** Connects to the Unix-domain socket of a server that is configured with this directory and port. */
    public static Wire dial(Path directory, int port, Carrier carrier) throws IOException {
        return carrier.connect(UnixDomainSocketAddress.of(UnixSocket.file(directory, port)));
    }

    /** Tries the addresses in order, each after {@link #HEAD_START} or as soon as the one before it has failed. */
    static Wire first(List<InetSocketAddress> addresses, Carrier carrier) throws IOException {
        if (addresses.size() == 1) {
            return carrier.connect(addresses.getFirst());
        }
        BlockingQueue<Attempt> ended = new LinkedBlockingQueue<>();
        try (TaskScope scope = new TaskScope("dial")) {
            return race(addresses.iterator(), carrier, scope, ended);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while connecting", e);
        } finally {
            ended.forEach(late -> late.wire().ifPresent(Wire::close));
        }
    }

    /** The outcome of the attempt at one address. */
    private record Attempt(Optional<Wire> wire, IOException failure) {}

    private static Wire race(
            Iterator<InetSocketAddress> addresses, Carrier carrier, TaskScope scope, BlockingQueue<Attempt> ended)
            throws IOException, InterruptedException {
        int underWay = 0;
        IOException failure = new IOException("no address answers");
        while (underWay > 0 || addresses.hasNext()) {
            Optional<Attempt> next = Optional.empty();
            if (addresses.hasNext()) {
                InetSocketAddress address = addresses.next();
                scope.start(() -> ended.add(attempt(address, carrier)));
                underWay++;
                next = Optional.ofNullable(ended.poll(HEAD_START.toMillis(), TimeUnit.MILLISECONDS));
            } else {
                next = Optional.of(ended.take());
            }
            if (next.isPresent()) {
                underWay--;
                if (next.get().wire().isPresent()) {
                    return next.get().wire().get();
                }
                failure = next.get().failure();
            }
        }
        throw failure;
    }

    private static Attempt attempt(InetSocketAddress address, Carrier carrier) {
        try {
            return new Attempt(Optional.of(carrier.connect(address)), new IOException("none"));
        } catch (IOException e) {
            return new Attempt(Optional.empty(), e);
        }
    }
}
