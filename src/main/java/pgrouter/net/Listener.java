package pgrouter.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Accepts connections. {@link #start} starts a virtual thread that hands each connection to the consumer. The consumer
 * must not block.
 */
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 4096;

    /** Interval at which a waiting connection asks for room. */
    private static final Duration ASKING = Duration.ofMillis(20);

    /**
     * Pause after a failed accept; it doubles. Without free descriptors accept fails at once, and the loop would take a
     * whole processor.
     */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** Longest wait for a connection that is being handed over. */
    private static final Duration END_OF_ACCEPT = Duration.ofSeconds(1);

    private final ListeningSocket socket;
    private final Optional<Path> socketFile;
    private volatile Optional<Thread> accepting = Optional.empty();

    private Listener(ListeningSocket socket, Optional<Path> socketFile) {
        this.socket = socket;
        this.socketFile = socketFile;
    }

    /** Listens on a TCP address; the wildcard address takes IPv4 and IPv6. */
    public static Listener bind(InetSocketAddress address) throws IOException {
        return new Listener(Poller.listen(address, BACKLOG), Optional.empty());
    }

    /**
     * Listens on a Unix-domain socket in this directory, open to every user of the host as PostgreSQL's own is by
     * default. Replaces a stale socket file.
     */
    public static Listener bind(Path directory, int port) throws IOException {
        Path file = UnixSocket.file(directory, port);
        removeStale(file);
        ListeningSocket socket = Poller.listen(UnixDomainSocketAddress.of(file), BACKLOG);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
            return new Listener(socket, Optional.of(file));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Deletes a socket that refuses connections. Any other file has an owner, and stays. */
    private static void removeStale(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new BindException(file + " exists and is no socket");
        }
        try {
            Poller.reach(UnixDomainSocketAddress.of(file));
            throw new BindException("another server listens on " + file);
        } catch (BindException inUse) {
            throw inUse;
        } catch (ConnectException nobodyListens) {
            Files.delete(file);
        }
    }

    /**
     * Hands each connection and its carrier to the consumer until the listener is closed.
     *
     * @param onFailure called for each connection that could not be accepted, with a pause after it
     */
    public void start(Carriers carriers, BiConsumer<Wire, Carrier> consumer, Consumer<IOException> onFailure) {
        start(() -> true, carriers, consumer, onFailure);
    }

    /**
     * The same, but one connection waits for room, and those after it wait in the kernel's queue.
     *
     * @param hasRoom called for each connection until it holds; may block
     */
    public void start(
            BooleanSupplier hasRoom,
            Carriers carriers,
            BiConsumer<Wire, Carrier> consumer,
            Consumer<IOException> onFailure) {
        accepting = Optional.of(
                Thread.ofVirtual().name("listener").start(() -> accept(hasRoom, carriers, consumer, onFailure)));
    }

    private void accept(
            BooleanSupplier hasRoom,
            Carriers carriers,
            BiConsumer<Wire, Carrier> consumer,
            Consumer<IOException> onFailure) {
        Duration pause = FIRST_PAUSE;
        while (socket.isOpen()) {
            try {
                AcceptedSocket client = socket.accept();
                pause = FIRST_PAUSE;
                if (!awaitRoom(hasRoom)) {
                    client.close();
                    return;
                }
                Carrier carrier = carriers.leastLoaded();
                wire(client, carrier).ifPresent(wire -> handOver(wire, carrier, consumer, onFailure));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                onFailure.accept(e);
                pause = sleepLonger(pause);
            } catch (RuntimeException | Error e) {
                onFailure.accept(new IOException("internal error: " + e, e));
                pause = sleepLonger(pause);
            }
        }
    }

    /** @return false when the listener was closed first */
    private boolean awaitRoom(BooleanSupplier hasRoom) {
        boolean room = hasRoom.getAsBoolean();
        while (!room && socket.isOpen()) {
            sleep(ASKING);
            room = hasRoom.getAsBoolean();
        }
        return room;
    }

    private static Optional<Wire> wire(AcceptedSocket client, Carrier carrier) {
        try {
            return Optional.of(carrier.wire(client));
        } catch (IOException goneAlready) {
            return Optional.empty();
        }
    }

    /** Contains a fault of the consumer, so that the listener goes on. */
    private static void handOver(
            Wire wire, Carrier carrier, BiConsumer<Wire, Carrier> consumer, Consumer<IOException> onFailure) {
        try {
            consumer.accept(wire, carrier);
        } catch (RuntimeException | Error e) {
            wire.close();
            onFailure.accept(new IOException("internal error: " + e, e));
        }
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join(END_OF_ACCEPT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return the pause after the next failure in a row */
    private static Duration sleepLonger(Duration pause) {
        sleep(pause);
        Duration next = pause.multipliedBy(2);
        return next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The port that was bound; 0 for a Unix-domain socket. */
    public int port() throws IOException {
        return socket.address() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /** Frees the address before it returns: the accepting thread holds the socket until it ends. */
    @Override
    public void close() {
        try {
            socket.close();
            accepting.ifPresent(Listener::awaitEnd);
            if (socketFile.isPresent()) {
                Files.deleteIfExists(socketFile.get());
            }
        } catch (IOException alreadyGone) {
            // The descriptor is released either way, and another process has removed the file.
        }
    }
}
