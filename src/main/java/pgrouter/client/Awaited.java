package pgrouter.client;

import java.io.IOException;
import java.time.Duration;

/** What the login of a client waits for at present. The client thread writes it; any thread may ask. */
public final class Awaited {
    /** Where there is room for what a client sends that has not logged in. */
    public interface Room {
        /** Waits until there is, and takes it until the client has logged in. */
        void take(int bytes) throws IOException, InterruptedException;
    }

    /** Messages up to this size, in bytes, are what every login needs. */
    public static final int SMALL = 512;

    private final Room room;

    private enum What {
        /** The next message of the client, or its part of a TLS handshake. */
        CLIENT,
        /** The turn of the password that the client has sent. */
        TURN,
        /** Something else, which is not the client's to do. */
        PGROUTER
    }

    /** It begins with the accepting: the client is to say something. */
    private volatile What what = What.CLIENT;

    /** {@link System#nanoTime()} from when on the client can be called silent. */
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

    /** @param grace that what is awaited takes anyway */
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

    /** Whether it is the client, and was before this time. */
    public boolean isClientSince(long time) {
        return what == What.CLIENT && since - time <= 0;
    }
}
