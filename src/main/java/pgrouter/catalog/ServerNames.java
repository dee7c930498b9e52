package pgrouter.catalog;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.QueryException;
import pgrouter.backend.ServerConnection;
import pgrouter.routing.FunctionNames;
import pgrouter.routing.Functions.OfServer;

/** The functions and keywords of each version of PostgreSQL, the same in all databases. Any thread. */
final class ServerNames {
    private static final Map<String, OfServer> KNOWN = new ConcurrentHashMap<>();

    /** The maximum number of versions kept: more than a cluster has in the middle of an upgrade. */
    private static final int MOST = 8;

    private static final String FUNCTIONS = "SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE oid < 16384";

    /** Keywords that are no function before a parenthesis: reserved words, and words that are never the name of a function. */
    private static final String KEYWORDS = "SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'";

    private ServerNames() {}

    static OfServer of(ServerConnection connection) throws IOException, QueryException {
        String version = connection.parameters().getOrDefault("server_version", "");
        OfServer known = KNOWN.get(version);
        if (known != null) {
            return known;
        }
        OfServer read = new OfServer(names(connection, FUNCTIONS), names(connection, KEYWORDS));
        if (KNOWN.size() >= MOST) {
            KNOWN.clear();
        }
        KNOWN.put(version, read);
        return read;
    }

    private static FunctionNames names(ServerConnection connection, String sql) throws IOException, QueryException {
        return FunctionNames.of(OwnQuery.rows(connection, sql).stream()
                .flatMap(row -> row.getFirst().stream())
                .toList());
    }
}
