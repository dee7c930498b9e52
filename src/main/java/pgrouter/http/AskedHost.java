package pgrouter.http;

import com.sun.net.httpserver.HttpExchange;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The host name that a request asks for. A site that a browser has open may give itself a name that resolves to the
 * browser's own host, and then read the content that is served there (DNS rebinding). So a loopback address answers
 * to loopback names only.
 */
final class AskedHost {
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|([a-z0-9-]+\\.)+localhost|127(\\.[0-9]{1,3}){3}|\\[::1])\\.?(:[0-9]*)?");

    private AskedHost() {}

    /** Whether the name is served. A request without a name, as of HTTP 1.0, does not come from a browser. */
    static boolean isServed(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        return host == null
                || !exchange.getLocalAddress().getAddress().isLoopbackAddress()
                || LOOPBACK.matcher(host.strip().toLowerCase(Locale.ROOT)).matches();
    }
}
