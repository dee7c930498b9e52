package pgrouter.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
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
 * A socket on which connections arrive. {@link #start} runs the accepting on a virtual thread of its own; each connection is
 * handed to the consumer on that thread, which must not block.
 */
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 4096;

    /** How often it is asked whether there is room again. */
    private static final Duration ASKING = Duration.ofMillis(20);

    /** Out of descriptors, accept fails at once and again: without a pause, which grows, it would take a whole processor. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** A connection that is being handed over is not waited for longer. */
    private static final Duration END_OF_ACCEPT = Duration.ofSeconds(1);

    private final ServerSocketChannel channel;
    private final Optional<Path> socketFile;
    private volatile Optional<Thread> accepting = Optional.empty();

    private Listener(ServerSocketChannel channel, Optional<Path> socketFile) {
        this.channel = channel;
        this.socketFile = socketFile;
    }

    /** Listens on a TCP address; the wildcard address takes IPv4 and IPv6. */
    public static Listener bind(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(address, BACKLOG);
            return new Listener(channel, Optional.empty());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Listens on a Unix-domain socket in this directory, open to every user of the host as PostgreSQL's own is by default. A socket
     * file that nobody listens on any more is replaced.
     */
    public static Listener bind(Path directory, int port) throws IOException {
        Path file = UnixSocket.file(directory, port);
        removeStale(file);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(file), BACKLOG);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
            return new Listener(channel, Optional.of(file));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Only a socket that refuses connections is nobody's: anything else in its place is somebody's, and stays. */
    private static void removeStale(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new BindException(file + " exists and is no socket");
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(file)).close();
            throw new BindException("another server listens on " + file);
        } catch (BindException inUse) {
            throw inUse;
        } catch (ConnectException nobodyListens) {
            Files.delete(file);
        }
    }

    /**
     * Hands every connection to the consumer until the listener is closed, with the carrier that it was put on.
     *
     * @param onFailure told when a connection could not be accepted, again and again with a pause in between
     */
    public void start(Carriers carriers, BiConsumer<Wire, Carrier> consumer, Consumer<IOException> onFailure) {
        start(() -> true, carriers, consumer, onFailure);
    }

    /**
     * The same, where one connection waits for room, and those after it in the kernel's queue.
     *
     * @param hasRoom asked for each one that has come, until it holds; it may take a while
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
        while (channel.isOpen()) {
            try {
                SocketChannel client = channel.accept();
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

    /** @return false where the listener is closed before */
    private boolean awaitRoom(BooleanSupplier hasRoom) {
        boolean room = hasRoom.getAsBoolean();
        while (!room && channel.isOpen()) {
            sleep(ASKING);
            room = hasRoom.getAsBoolean();
        }
        return room;
    }

    private static Optional<Wire> wire(SocketChannel client, Carrier carrier) {
        try {
            return Optional.of(carrier.wire(client));
        } catch (IOException goneAlready) {
            return Optional.empty();
        }
    }

    /** A fault in the handling of one connection must not end the listening for all. */
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

    /** The port that was bound, where the address had port 0. */
    public int port() throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /** The address is free when it returns: the thread that accepts holds the socket as long as it waits. */
    @Override
    public void close() {
        try {
            channel.close();
            accepting.ifPresent(Listener::awaitEnd);
            if (socketFile.isPresent()) {
                Files.deleteIfExists(socketFile.get());
            }
        } catch (IOException alreadyGone) {
            // The descriptor is released either way, and somebody else has removed the file.
        }
    }
}
