package pgrouter.client;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import pgrouter.net.Carrier;
import pgrouter.net.Inbox;
import pgrouter.net.Wire;
import pgrouter.tls.StartTls;

/**
 * The connection of one client: its wire, and both directions of it.
 *
 * @param number of the client, as in the log
 * @param carrier of the wire: all threads of the client run there
 * @param wire in the clear at first
 * @param inbox the received messages
 * @param end the messages to the client
 */
public record ClientConnection(
        long number, Carrier carrier, StartTls wire, Inbox inbox, ClientEnd end, Visitor visitor) {
    /** The number of bytes that are kept without growing. A client that has not logged in has little to say. */
    private static final int FIRST_ROOM = Awaited.SMALL;

    /** @param accepted the connection, on which no TLS has begun yet */
    public static ClientConnection of(long number, Wire accepted, Carrier carrier) {
        StartTls wire = new StartTls(accepted, carrier);
        return new ClientConnection(
                number,
                carrier,
                wire,
                new Inbox(wire, carrier, FIRST_ROOM),
                new ClientEnd(wire),
                new Visitor(address(accepted)));
    }

    /** Empty also where the client has left already. */
    private static Optional<InetAddress> address(Wire accepted) {
        try {
            return accepted.peer();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The name of the client thread, with which the names of its other threads begin. */
    public String threadName() {
        return "client-" + number;
    }
}
