package pgrouter.client;

import java.io.IOException;
import java.time.Duration;

/** The event that the login of a client waits for at present. The client thread writes it; any thread may read it. */
public final class Awaited {
    /** The room for the messages of a client that has not logged in. */
    public interface Room {
        /** Waits until there is room, and takes it until the client has logged in. */
        void take(int bytes) throws IOException, InterruptedException;
    }

    /** The size of messages, in bytes, up to which every login needs them. */
    public static final int SMALL = 512;

    private final Room room;

    private enum What {
        /** The next message of the client, or its part of a TLS handshake. */
        CLIENT,
        /** The turn of the password that the client has sent. */
        TURN,
        /** Something else, which does not depend on the client. */
        PGROUTER
    }

    /** The wait begins at accept: the client must say something. */
    private volatile What what = What.CLIENT;

    /** The time since which the client counts as silent, by {@link System#nanoTime()}. */
    private volatile long since = System.nanoTime();

    public Awaited(Room room) {
        this.room = room;
    }

    /** The client sends a message of this length, in bytes. */
    void message(int length) throws IOException {
        if (length > SMALL) {
            take(length);
        }
    }

    /**
     * The client makes a handshake.
     *
     * @param bytes that it takes
     */
    void handshake(Duration grace, int bytes) throws IOException {
        take(bytes);
        client(grace);
    }

    private void take(int bytes) throws IOException {
        What before = what;
        what = What.PGROUTER;
        try {
            room.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before the login", e);
        }
        what = before;
    }

    void client() {
        client(Duration.ZERO);
    }

    /** @param grace the time that the awaited event takes anyway */
    void client(Duration grace) {
        since = System.nanoTime() + grace.toNanos();
        what = What.CLIENT;
    }

    void turn() {
        what = What.TURN;
    }

    void pgrouter() {
        what = What.PGROUTER;
    }

    public boolean isTurn() {
        return what == What.TURN;
    }

    /** Whether the client is awaited, and was before this time. */
    public boolean isClientSince(long time) {
        return what == What.CLIENT && since - time <= 0;
    }
}
