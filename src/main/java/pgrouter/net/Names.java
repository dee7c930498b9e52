package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.ExecutionException;

/** Addresses of hosts. Each call resolves the name anew, and waits as long as the name server takes. */
public final class Names {
    private Names() {}

    /**
     * @return at least one address, in the order in which to try them
     * @throws UnknownHostException where there is none
     * @throws IOException where the caller is interrupted
     */
    public static InetAddress[] resolve(String host) throws IOException {
        if (isLiteral(host)) {
            return InetAddress.getAllByName(host);
        }
        try {
            return BlockingTasks.await(() -> InetAddress.getAllByName(host));
        } catch (ExecutionException e) {
            throw new UnknownHostException("the name " + host + " cannot be resolved");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while resolving " + host);
        }
    }

    /**
     * The address of this host that a server there sees. Sends nothing.
     *
     * @throws IOException where there is no route to the server
     */
    public static InetAddress ownTowards(InetAddress server, int port) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(server, port));
            return ((InetSocketAddress) channel.getLocalAddress()).getAddress();
        }
    }

    /** Whether this is an address, which needs no resolver: a host name has a letter, and no colon. */
    private static boolean isLiteral(String host) {
        return host.contains(":") || host.chars().allMatch(letter -> letter == '.' || (letter >= '0' && letter <= '9'));
    }
}
