package pgrouter.console;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pgrouter.backend.ServerFacts;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.cluster.State;
import pgrouter.config.Address;
import pgrouter.metrics.BackendCounters;
import pgrouter.metrics.ClientFacts;
import pgrouter.metrics.Metrics;
import pgrouter.metrics.TransactionCounts;
import pgrouter.routing.TransactionShapes;

/** Makes the tables of {@code SHOW}. */
final class Tables {
    /** The maximum number of learned statements that are shown. */
    private static final int MOST_LEARNED = 1000;

    /** The maximum number of shapes of transactions that are shown. */
    private static final int MOST_SHAPES = 1000;

    private Tables() {}

    /** @param now for columns that show the time since an event */
    static List<List<Optional<String>>> rows(Table table, Facts facts, Instant now) {
        Rows rows = new Rows();
        switch (table) {
            case BACKENDS -> facts.cluster().view().nodes().forEach(node -> backend(rows, node, facts));
            case CLIENTS -> facts.clients().get().forEach(client -> client(rows, client));
            case SERVERS -> facts.servers().get().forEach(server -> server(rows, server));
            case STATS -> stats(rows, facts, now);
            case ROUTES -> routes(rows, facts);
            case LEARNED ->
                facts.learned().mostUsed(MOST_LEARNED).forEach(known -> rows.add(known.text(), known.routes()));
            case SHAPES -> facts.shapes().latest(MOST_SHAPES).forEach(known -> shape(rows, known));
            case CONFIG -> ConfigTable.add(rows, facts.config().get());
            case VERSION -> rows.add("pgrouter " + facts.version());
            case HELP -> help(rows);
        }
        return rows.all();
    }

    private static void backend(Rows rows, Node node, Facts facts) {
        Address address = node.backend().address();
        BackendCounters counters = facts.metrics().backend(address.toString());
        boolean measured = node.state() == State.OK && node.role() == Role.STANDBY;
        rows.add(
                address,
                node.role().toString().toLowerCase(Locale.ROOT),
                node.state(),
                yes(node.drained()),
                node.lag().filter(bytes -> measured),
                node.backend().limit(),
                node.backend().weight(),
                facts.open().applyAsInt(address),
                facts.warm().applyAsInt(address),
                counters.reads(),
                counters.writes(),
                counters.redirects(),
                Optional.of(node.whyUnused()).filter(why -> !why.isEmpty()));
    }

    private static void client(Rows rows, ClientFacts client) {
        rows.add(
                client.number(),
                client.user(),
                client.database(),
                client.address(),
                client.application(),
                client.state(),
                client.since().truncatedTo(ChronoUnit.SECONDS),
                yes(client.encrypted()));
    }

    private static void server(Rows rows, ServerFacts server) {
        rows.add(server.client(), server.backend(), server.isWriter() ? "writer" : "reader", server.processId());
    }

    private static void stats(Rows rows, Facts facts, Instant now) {
        Metrics metrics = facts.metrics();
        rows.add("uptime_seconds", Duration.between(facts.started(), now).toSeconds());
        rows.add("backends", facts.cluster().view().nodes().size());
        rows.add("backends_ok", facts.cluster().view().usable());
        rows.add("clients", metrics.clients());
        rows.add("logins", metrics.logins().counts().count());
        rows.add("reads", metrics.reads().counts().count());
        rows.add("writes", metrics.writes().counts().count());
        rows.add("redirects", metrics.redirects().counts().count());
        rows.add("learned", facts.learned().size());
        rows.add("learned_routes", metrics.learnedRoutes());
        rows.add("lsn_queries", metrics.lsnQueries());
        TransactionCounts transactions = metrics.transactions();
        rows.add("transactions_on_standbys", transactions.onStandby());
        rows.add("transactions_moved", transactions.movedOnes());
        rows.add("transactions_in_conflict", transactions.conflicts());
        rows.add("transactions_on_primary", transactions.onPrimary());
        rows.add("transactions_on_primary_in_vain", transactions.onPrimaryInVain());
        rows.add("read_waits", metrics.readWaits(true).counts().count());
        rows.add("read_waits_in_vain", metrics.readWaits(false).counts().count());
    }

    private static void routes(Rows rows, Facts facts) {
        for (Node node : facts.cluster().view().nodes()) {
            Address address = node.backend().address();
            BackendCounters counters = facts.metrics().backend(address.toString());
            rows.add("reader", address, counters.reads());
            rows.add("writer", address, counters.writes());
            rows.add("redirected", address, counters.redirects());
        }
        rows.add("learned", Optional.empty(), facts.metrics().learnedRoutes());
    }

    private static void shape(Rows rows, TransactionShapes.Known known) {
        rows.add(
                known.database(),
                known.text(),
                known.depth(),
                known.wrote(),
                known.onlyRead(),
                known.leadsToWrite() ? "primary" : "standby");
    }

    private static void help(Rows rows) {
        rows.add("SHOW BACKENDS", "the nodes, their state, lag, weight, connections and requests");
        rows.add("SHOW CLIENTS", "who is connected, and what at");
        rows.add("SHOW SERVERS", "the connections of clients to nodes");
        rows.add("SHOW STATS", "totals since the start");
        rows.add("SHOW ROUTES", "where requests went");
        rows.add("SHOW LEARNED", "the statements that standbys refuse, without literals");
        rows.add("SHOW SHAPES", "how optimistic transactions have ended, by their first requests without literals");
        rows.add("SHOW CONFIG", "what the configuration says, without secrets");
        rows.add("SHOW VERSION", "the version of pgrouter");
        rows.add("DRAIN HOST:PORT", "no new reads there, until RESUME or a restart");
        rows.add("RESUME HOST:PORT", "reads there again");
        rows.add("RELOAD", "read the configuration again, as on SIGHUP");
        rows.add("FORGET LEARNED", "let standbys judge all statements again");
        rows.add("FORGET SHAPES", "let transactions begin on standbys again");
        rows.add("KILL CLIENT N", "end a client, and what it has under way");
        rows.add("SHUTDOWN", "end when what is under way is finished, as on SIGTERM");
        rows.add("SHUTDOWN IMMEDIATE", "end at once, without an answer");
    }

    private static String yes(boolean is) {
        return is ? "yes" : "no";
    }
}
