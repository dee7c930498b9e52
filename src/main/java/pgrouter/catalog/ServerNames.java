package pgrouter.catalog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import pgrouter.backend.OwnQuery;
import pgrouter.backend.Pipe;
import pgrouter.backend.QueryException;
import pgrouter.routing.FunctionNames;

/**
 * What one version of PostgreSQL has itself, the same in all databases. Any thread.
 *
 * @param functions all names of functions
 * @param keywords words that are no function before a parenthesis: reserved, or never the name of a function
 */
record ServerNames(FunctionNames functions, FunctionNames keywords) {
    private static final Map<String, ServerNames> KNOWN = new ConcurrentHashMap<>();

    /** As many versions as a cluster has in the middle of an upgrade, and more. */
    private static final int MOST = 8;

    private static final String FUNCTIONS = "SELECT DISTINCT proname FROM pg_catalog.pg_proc WHERE oid < 16384";

    private static final String KEYWORDS = "SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'";

    static ServerNames of(Pipe pipe) throws IOException, QueryException {
        String version = pipe.parameters().getOrDefault("server_version", "");
        ServerNames known = KNOWN.get(version);
        if (known != null) {
            return known;
        }
        ServerNames read = new ServerNames(names(pipe, FUNCTIONS), names(pipe, KEYWORDS));
        if (KNOWN.size() >= MOST) {
            KNOWN.clear();
        }
        KNOWN.put(version, read);
        return read;
    }

    private static FunctionNames names(Pipe pipe, String sql) throws IOException, QueryException {
        List<String> names = new ArrayList<>();
        OwnQuery.forEach(pipe, sql, row -> row.getFirst().ifPresent(names::add));
        return FunctionNames.of(names);
    }
}
