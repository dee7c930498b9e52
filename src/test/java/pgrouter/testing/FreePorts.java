package pgrouter.testing;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for the nodes of a cluster and for pgrouter. A row of ports is marked as taken by a UDP socket on the first of them, so
 * that tests in other JVMs do not find it free before somebody listens there. One thread.
 */
public final class FreePorts {
    // Linux takes the ports of outgoing connections from 32768 on.
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final int LONGEST = 10;
    private static final int ATTEMPTS = 100;

    /** By then it is in use, or nobody wants it any more. */
    private static final int MARKS = 100;

    private static final Queue<DatagramSocket> TAKEN = new ArrayDeque<>();

    private FreePorts() {}

    /** The first of so many ports in a row that nobody listened on a moment ago; 10 at most. */
    public static int row(int length) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST / LONGEST, HIGHEST / LONGEST) * LONGEST;
            Optional<DatagramSocket> mark = mark(first);
            if (mark.isPresent()) {
                keep(mark.get());
                if (allFree(first, length)) {
                    return first;
                }
            }
        }
        throw new IllegalStateException("no " + length + " free ports in a row");
    }

    private static Optional<DatagramSocket> mark(int port) {
        try {
            return Optional.of(new DatagramSocket(port, InetAddress.getLoopbackAddress()));
        } catch (IOException taken) {
            return Optional.empty();
        }
    }

    private static void keep(DatagramSocket mark) {
        TAKEN.add(mark);
        if (TAKEN.size() > MARKS) {
            TAKEN.remove().close();
        }
    }

    private static boolean allFree(int first, int length) {
        for (int port = first; port < first + length; port++) {
            if (!free(port)) {
                return false;
            }
        }
        return true;
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
