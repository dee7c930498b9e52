package pgrouter.pool;

import java.util.Map;
import java.util.Objects;
import pgrouter.auth.Credential;
import pgrouter.net.Carrier;
import pgrouter.routing.CommitSetting;

/**
 * The credentials and parameters with which the server connections of a session log in. Immutable.
 *
 * @param parameters of the client's startup message
 * @param credential the known part of the user's secret
 * @param carrier on which the session runs
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

    /** A hash of the facts that decide which object a name means: the role, and the search path of the startup message. */
    public long naming() {
        return Objects.hash(parameters.get("user"), parameters.get("options"), parameters.get("search_path"));
    }

    /** Whether the startup message may let commits be acknowledged before their WAL is flushed. */
    public boolean mayCommitAsynchronously() {
        return CommitSetting.isIn(parameters);
    }

    /** Identifies the other sessions that may use the connections. */
    public PoolKey key() {
        return new PoolKey(parameters, credential.fingerprint(), carrier);
    }
}
