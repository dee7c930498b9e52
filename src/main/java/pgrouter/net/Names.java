package pgrouter.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;

/** Resolves host names, anew each time, for as long as a name server takes. */
final class Names {
    private Names() {}

    /**
     * @return at least one address, in the order in which to try them
     * @throws UnknownHostException where there is none
     * @throws IOException where the caller is interrupted
     */
    static InetAddress[] resolve(String host) throws IOException {
        if (isLiteral(host)) {
            return InetAddress.getAllByName(host);
        }
        try {
            return OffCarrier.call(() -> InetAddress.getAllByName(host));
        } catch (ExecutionException e) {
            throw new UnknownHostException("the name " + host + " cannot be resolved");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while resolving " + host);
        }
    }

    /** An address that needs no resolver: a host name has a letter, and no colon. */
    private static boolean isLiteral(String host) {
        return host.contains(":") || host.chars().allMatch(letter -> letter == '.' || (letter >= '0' && letter <= '9'));
    }
}
