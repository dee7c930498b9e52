package pgrouter.net;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The functions of Linux on sockets, called by java.lang.foreign (JEP 454): epoll(7), recv(2), send(2). Only
 * {@link #await} waits. {@code recv} and {@code send} get the caller's array itself, since the JVM moves nothing
 * meanwhile: so both must be short, and the descriptors non-blocking. A failure has no reason here. Any thread.
 */
final class Epoll {
    /** {@code EPOLLIN} and {@code EPOLLOUT}: {@code sys/epoll.h}. */
    static final int IN = 1;

    static final int OUT = 4;

    /** {@code EPOLL_CTL_ADD}, {@code EPOLL_CTL_DEL} and {@code EPOLL_CTL_MOD}. */
    static final int ADD = 1;

    static final int REMOVE = 2;
    static final int MODIFY = 3;

    /** {@code EPOLL_CLOEXEC}: {@code asm-generic/fcntl.h}. */
    private static final int CLOEXEC = 0x80000;

    /** {@code MSG_NOSIGNAL}. */
    private static final int NOSIGNAL = 0x4000;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final MethodHandle CREATE = function("epoll_create1", INT, INT);
    private static final MethodHandle CONTROL = function("epoll_ctl", INT, INT, INT, INT, POINTER);
    private static final MethodHandle WAIT = function("epoll_wait", INT, INT, POINTER, INT, INT);
    private static final MethodHandle RECEIVE =
            function("recv", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT), Linker.Option.critical(true));
    private static final MethodHandle SEND =
            function("send", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT), Linker.Option.critical(true));

    private Epoll() {}

    /** Opens a poller; empty where the system or the JDK does not let it have what it needs. */
    static Optional<Poller> open() {
        try {
            return EpollDescriptor.isKnown() ? Optional.of(EpollPoller.create()) : Optional.empty();
        } catch (IOException | RuntimeException | LinkageError notHere) {
            return Optional.empty();
        }
    }

    static int create() throws IOException {
        try {
            return require("epoll_create1", (int) CREATE.invokeExact(CLOEXEC));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    static void control(int epoll, int operation, int descriptor, MemorySegment event) throws IOException {
        try {
            require("epoll_ctl", (int) CONTROL.invokeExact(epoll, operation, descriptor, event));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /**
     * Waits for events.
     *
     * @param timeout in milliseconds; -1 for none
     * @return their number; -1 where a signal has ended the wait
     */
    static int await(int epoll, MemorySegment events, int most, int timeout) throws IOException {
        try {
            return (int) WAIT.invokeExact(epoll, events, most, timeout);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** @return the number of bytes; 0 at the end of the stream, -1 where there are none, or for an error */
    static int receive(int descriptor, byte[] into, int offset, int length) throws IOException {
        try {
            MemorySegment room = MemorySegment.ofArray(into).asSlice(offset, length);
            return (int) (long) RECEIVE.invokeExact(descriptor, room, (long) length, 0);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /** @return the number of bytes that the kernel has taken; -1 where it has no room, or for an error */
    static int send(int descriptor, byte[] from, int offset, int length) throws IOException {
        try {
            MemorySegment bytes = MemorySegment.ofArray(from).asSlice(offset, length);
            return (int) (long) SEND.invokeExact(descriptor, bytes, (long) length, NOSIGNAL);
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    private static int require(String function, int result) throws IOException {
        if (result < 0) {
            throw new IOException("the system refuses " + function);
        }
        return result;
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case IOException known -> known;
            case Error error -> throw error;
            default -> new IOException(cause);
        };
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return function(name, FunctionDescriptor.of(result, arguments));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type, options);
    }
}
