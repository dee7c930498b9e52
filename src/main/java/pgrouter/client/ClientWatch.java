package pgrouter.client;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.net.Wire;
import pgrouter.protocol.FrontendTag;

/**
 * Notices that a client leaves while its thread waits for a server: the end of its stream, or {@code Terminate}. All
 * other messages that the client sends meanwhile are kept in its inbox, for as long as that has room.
 *
 * <p>The inbox has one owner at a time: the client thread, and between {@link #begin} and {@link #end} the watch,
 * which waits as a task of the wire and reads on a virtual thread of its own. The wire's task is handed over
 * atomically, so the thread that gets it has the inbox. A thread of the watch that does not wait any more says so by
 * {@link #returned}.
 *
 * <p>A request that is answered soon is not watched: the sessions tells which ones last.
 */
public final class ClientWatch {
    private static final int HEADER = 5;

    /** The room in bytes for messages after a request that fills more of the inbox than is usual. */
    private static final int ROOM = 4 * 1024;

    private final ClientEnd client;
    private final Wire wire;
    private final Inbox inbox;
    private final Carrier carrier;
    private final long number;
    private final Runnable wake = this::wake;

    private IntSupplier kept = () -> 0;
    private Runnable desertion = () -> {};

    /** The start of the next message in the inbox. Only the owner of the inbox uses it. */
    private int next;

    /** The number of bytes that the inbox may hold. Only the owner of the inbox uses it. */
    private int limit;

    /** Written by the client thread. */
    private volatile boolean begun;

    /** The client thread wants the inbox back. */
    private volatile boolean wanted;

    /** The client thread while it waits for that; else null. */
    private volatile Thread waiter;

    /** The watch has returned the inbox by itself. */
    private volatile boolean returned;

    /** @param client is told that it has left */
    public ClientWatch(ClientEnd client, Wire wire, Inbox inbox, Carrier carrier, long number) {
        this.client = client;
        this.wire = wire;
        this.inbox = inbox;
        this.carrier = carrier;
        this.number = number;
    }

    /**
     * Prepares the watch. Called before anything is watched.
     *
     * @param keptBytes how many bytes of the inbox belong to the present request
     * @param whenLeft runs once, on a virtual thread, when the client was seen to leave
     */
    public void over(IntSupplier keptBytes, Runnable whenLeft) {
        kept = keptBytes;
        desertion = whenLeft;
    }

    public ClientEnd client() {
        return client;
    }

    /** Lends the inbox. For the client thread, which does not use it before {@link #end}. */
    public void begin() {
        if (begun) {
            return;
        }
        returned = true;
        begun = true;
        if (client.hasLeft()) {
            return;
        }
        measure();
        wanted = false;
        returned = false;
        boolean lent = false;
        try {
            if (!wire.onInput(wake)) {
                wake();
            }
            lent = true;
        } finally {
            if (!lent) {
                returned = true;
            }
        }
    }

    /** Whether the present wait of the client thread is watched, or cannot be. Any thread. */
    public boolean hasBegun() {
        return begun;
    }

    /** Takes the inbox back for the client thread, where it was lent. Called before the client thread uses it. */
    public void end() {
        if (begun) {
            takeBack();
            begun = false;
        }
    }

    private void takeBack() {
        waiter = Thread.currentThread();
        wanted = true;
        boolean interrupted = false;
        while (!returned && !wire.takeOver()) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        waiter = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Handles input, or the end. On the carrier's thread, or the client thread. */
    private void wake() {
        carrier.start("client-" + number + "-watch", this::look);
    }

    /** Reads until there is no more input, or the inbox is wanted back. On a thread of the watch's own, which has the inbox. */
    private void look() {
        boolean waits = false;
        boolean left = false;
        try {
            while (!waits && !left && !wanted && inbox.hasRoom(limit)) {
                waits = wire.onInput(wake);
                left = !waits && hasLeftWithNext();
            }
        } finally {
            if (!waits || (wanted && wire.takeOver())) {
                giveBack();
            }
        }
        if (left) {
            desertion.run();
        }
    }

    private void giveBack() {
        returned = true;
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** Whether the client has left, as far as can be seen without waiting. For the client thread, which has the inbox. */
    public boolean hasLeft() {
        if (!client.isGone()) {
            measure();
            int before = -1;
            while (!client.hasLeft() && inbox.available() != before && inbox.hasRoom(limit)) {
                before = inbox.available();
                hasLeftWithNext();
            }
        }
        return client.hasLeft();
    }

    private void measure() {
        next = kept.getAsInt();
        limit = inbox.available() + ROOM;
    }

    /** Receives the input. @return whether the client has left with it, which the client's end is told */
    private boolean hasLeftWithNext() {
        boolean left;
        try {
            left = inbox.fillNow(limit) < 0 || hasTerminated();
        } catch (IOException gone) {
            left = true;
        }
        if (left) {
            client.left();
        }
        return left;
    }

    /** Skips from message to message; an incomplete one is examined again when more of it is there. */
    private boolean hasTerminated() {
        while (inbox.available() >= next + HEADER) {
            if (inbox.byteAt(next) == FrontendTag.TERMINATE) {
                return true;
            }
            int length = inbox.intAt(next + 1);
            if (length < 4 || length > FrontendTag.maximumLength(inbox.byteAt(next))) {
                next = Integer.MAX_VALUE - HEADER;
                return false;
            }
            next += 1 + length;
        }
        return false;
    }
}
