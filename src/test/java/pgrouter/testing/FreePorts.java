package pgrouter.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for the nodes of a cluster. */
public final class FreePorts {
    private static final int LOWEST = 20_000;
    // Linux takes the ports of outgoing connections from 32768 on.
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 100;

    private FreePorts() {}

    /** The first of so many ports in a row that nobody listened on a moment ago. */
    public static int row(int length) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (allFree(first, length)) {
                return first;
            }
        }
        throw new IllegalStateException("no " + length + " free ports in a row");
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
