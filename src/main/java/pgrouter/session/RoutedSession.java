package pgrouter.session;

import java.io.IOException;
import java.time.Duration;
import pgrouter.client.ClientConnection;
import pgrouter.client.ClientWatch;
import pgrouter.client.Greeting;
import pgrouter.client.SessionException;
import pgrouter.client.StartupSettings;
import pgrouter.pool.ServerLogin;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.TransactionShapes;

/**
 * The session of a client whose requests are routed, after it has logged in. Client thread only; {@link
 * pgrouter.exchange.Relay} reads the server connections.
 *
 * @param login opens the server connections
 */
record RoutedSession(SessionParts parts, Greeting greeting, ServerLogin login, StartupSettings settings)
        implements SessionKind {
    /** How long the first session of a database waits until its functions are assessed. Without that it reads from the writer. */
    private static final Duration CATALOG_PATIENCE = Duration.ofSeconds(10);

    /**
     * The thread of the login leaves even where it has just begun to wait: its stack has grown larger than that of a
     * thread that serves.
     */
    @Override
    public boolean run() throws IOException, SessionException, InterruptedException {
        Servers servers = open();
        RequestLoop requests = begin(servers);
        return leaves(requests, servers) || serve(requests, servers);
    }

    private Servers open() throws SessionException, InterruptedException {
        ClientConnection client = parts.connection();
        ClientWatch watch =
                new ClientWatch(client.end(), client.wire(), client.inbox(), client.carrier(), client.number());
        Servers servers = Servers.open(parts.services(), login, watch);
        parts.held().add(servers::close);
        return servers;
    }

    private RequestLoop begin(Servers servers) throws SessionException, InterruptedException {
        Services services = parts.services();
        Closer held = parts.held();
        held.add(services.cancels().add(servers.processId(), greeting.secret(), servers));
        parts.termination().cancels(servers);
        Catalog catalog = services.catalogs().take(settings.database());
        held.add(catalog::close);
        catalog.await(CATALOG_PATIENCE);
        LearnedRefusals.OfDatabase learned = services.learned().take(settings.database());
        held.add(learned::leave);
        TransactionShapes.OfDatabase shapes = services.shapes().take(settings.database());
        held.add(shapes::leave);
        greeting.send(servers.greeting(), servers.processId());
        servers.start();
        RequestLoop requests = new RequestLoop(
                services,
                servers,
                parts.connection().inbox(),
                settings,
                new DatabaseKnowledge(catalog, learned, shapes),
                parts.phase());
        requests.begin();
        return requests;
    }

    private boolean leaves(RequestLoop requests, Servers servers) {
        return parts.thread().leaves(() -> serve(requests, servers));
    }

    private boolean serve(RequestLoop requests, Servers servers)
            throws IOException, SessionException, InterruptedException {
        while (!requests.serve()) {
            if (leaves(requests, servers)) {
                return true;
            }
        }
        parts.connection().end().close();
        parts.connection().inbox().release();
        if (requests.leavesNothingBehind() && !parts.services().sessions().isEnding()) {
            servers.handOver();
        }
        return false;
    }
}
