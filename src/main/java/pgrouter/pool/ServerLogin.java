package pgrouter.pool;

import java.util.Map;
import java.util.Objects;
import pgrouter.auth.Credential;
import pgrouter.net.Carrier;

/**
 * What the server connections of a session log in with. Immutable.
 *
 * @param parameters of the client's startup message
 * @param credential what is known of the user's secret
 * @param carrier where the session lives
 * @param client number of the session
 */
public record ServerLogin(Map<String, String> parameters, Credential credential, Carrier carrier, long client) {
    public String user() {
        return parameters.getOrDefault("user", "");
    }

    /** The name of the client thread. */
    public String threadName() {
        return "client-" + client;
    }

    /** A hash of what decides which object a name means: the role, and what the startup message says of the search path. */
    public long naming() {
        return Objects.hash(parameters.get("user"), parameters.get("options"), parameters.get("search_path"));
    }

    /** Which other sessions may use the connections. */
    public PoolKey key() {
        return new PoolKey(parameters, credential.fingerprint(), carrier);
    }
}
