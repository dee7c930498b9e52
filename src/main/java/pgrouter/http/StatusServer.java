package pgrouter.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.Executors;
import pgrouter.log.Log;

/**
 * Serves the status over HTTP with the JDK's own server, on a virtual thread for each request, apart from the
 * carriers. It only reads, and shows no secrets and no literals. The number of connections and the time of a request
 * are limited.
 */
public final class StatusServer {
    private static final Log LOG = Log.of("http");
    private static final String PAGE = "status.html";
    private static final int BACKLOG = 64;

    /** The page contains all that it needs, and may fetch nothing from elsewhere. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Facts facts;
    private final History history;
    private final Events events;
    private final Visitors visitors;
    private final byte[] page;

    private record Answer(int code, String type, byte[] body) {
        static Answer text(int code, String text) {
            return new Answer(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private StatusServer(Facts facts, Visitors visitors) throws IOException {
        this.facts = facts;
        this.visitors = visitors;
        this.history = new History(facts);
        this.events = new Events(facts.cluster().view(), Instant::now);
        this.page = page();
    }

    /**
     * The JDK reads these once, when it makes its first server.
     *
     * <p>In seconds, except for the number of connections; see the documentation of the module jdk.httpserver.
     */
    private static void limit() {
        System.setProperty("jdk.httpserver.maxConnections", "1000");
        System.setProperty("sun.net.httpserver.maxReqTime", "5");
        System.setProperty("sun.net.httpserver.maxRspTime", "30");
        System.setProperty("sun.net.httpserver.idleInterval", "30");
    }

    /** @throws IOException when the address cannot be listened on */
    public static HttpServer bind(InetSocketAddress address) throws IOException {
        limit();
        return HttpServer.create(address, BACKLOG);
    }

    /** Begins to serve, until the server is stopped. */
    public static void start(HttpServer bound, Facts facts, Visitors visitors) throws IOException {
        StatusServer status = new StatusServer(facts, visitors);
        facts.cluster().watch(status.events::heed);
        status.history.start();
        bound.createContext("/", status::answer);
        bound.setExecutor(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-", 1).factory()));
        bound.start();
    }

    private static byte[] page() throws IOException {
        try (InputStream in = StatusServer.class.getResourceAsStream(PAGE)) {
            return in.readAllBytes();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answerTo(exchange);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(answer.body().length));
            }
            exchange.sendResponseHeaders(answer.code(), head ? -1 : answer.body().length);
            if (!head) {
                exchange.getResponseBody().write(answer.body());
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a request could not be answered: " + e);
        }
    }

    private Answer answerTo(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Answer.text(405, "GET or HEAD is expected\n");
        }
        if (!AskedHost.isServed(exchange)) {
            return Answer.text(421, "this address answers to localhost and loopback addresses only\n");
        }
        return switch (exchange.getRequestURI().getPath()) {
            case "/healthz" -> Answer.text(200, "alive\n");
            case "/readyz" ->
                facts.cluster().view().primary().isPresent()
                        ? Answer.text(200, "a primary is known\n")
                        : Answer.text(503, "no backend answers as primary\n");
            default -> answerToVisitor(exchange);
        };
    }

    /** The answers to probes need no login, since they reveal nothing worth it; all others may need one. */
    private Answer answerToVisitor(HttpExchange exchange) {
        return switch (welcome(exchange)) {
            case LET_IN -> shown(exchange.getRequestURI().getPath());
            case ASKED -> {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"pgrouter\", charset=\"UTF-8\"");
                yield Answer.text(401, "log in as one of the users of `http`\n");
            }
            case TOO_MANY -> {
                exchange.getResponseHeaders().set("Retry-After", "10");
                yield Answer.text(429, "too many failed logins from this address\n");
            }
            case UNKNOWN -> Answer.text(503, "pgrouter cannot look up users at this time\n");
        };
    }

    private Visitors.Welcome welcome(HttpExchange exchange) {
        try {
            return visitors.meet(
                    exchange.getRemoteAddress().getAddress(),
                    exchange.getRequestHeaders().getFirst("Authorization"));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Visitors.Welcome.UNKNOWN;
        }
    }

    private Answer shown(String path) {
        return switch (path) {
            case "/" -> new Answer(200, "text/html; charset=utf-8", page);
            case "/metrics" ->
                new Answer(
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        MetricsText.of(facts).getBytes(StandardCharsets.UTF_8));
            case "/status.json" ->
                new Answer(
                        200,
                        "application/json",
                        StatusJson.of(facts, history, events, Instant.now()).getBytes(StandardCharsets.UTF_8));
            default -> Answer.text(404, "not found: see /, /metrics, /status.json, /healthz and /readyz\n");
        };
    }
}
