package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Directives to a {@link Config}. Of a key that is given twice the last one counts; {@code listen} and {@code backend} add up. */
final class ConfigBuilder {
    private record Node(Address address, BackendKeys keys) {}

    private final Path ownFile;
    private final Problems problems;
    private final Value<Path> file;
    private final Section top;
    private final List<Address> listen = new ArrayList<>();
    private final UniqueAddresses listenAddresses;
    private final Setting<Address> monitor = new Setting<>();
    private final HttpKeys http;
    private final Setting<Integer> workers = new Setting<>();
    private final Setting<Path> authdb = new Setting<>();
    private final Setting<String> authQuery = new Setting<>();
    private final Setting<Path> hba = new Setting<>();
    private final Setting<Path> ident = new Setting<>();
    private final TlsKeys tls;
    private final Setting<String> user = new Setting<>();
    private final Setting<String> group = new Setting<>();
    private final Setting<Path> pidfile = new Setting<>();
    private final LogKeys log;
    private final HealthKeys health;
    private final Setting<Consistency> consistency = new Setting<>();
    private final Setting<Duration> wait = new Setting<>();
    private final RouteKeys route;
    private final LimitKeys limits;
    private final PoolKeys pool;
    private final ConsoleKeys console;
    private final BackendKeys defaults = new BackendKeys();
    private final List<Node> nodes = new ArrayList<>();
    private final UniqueAddresses backendAddresses;
    private boolean backendMet;
    private Optional<Token> identToken = Optional.empty();

    /**
     * @param ownFile the one that is read
     * @param baseDirectory where relative paths start
     */
    ConfigBuilder(Path ownFile, Path baseDirectory, Problems problems) {
        this.ownFile = ownFile;
        this.problems = problems;
        this.file = Values.file(baseDirectory);
        listenAddresses = new UniqueAddresses(problems);
        backendAddresses = new UniqueAddresses(problems);
        tls = new TlsKeys(file, problems);
        log = new LogKeys(file, problems);
        health = new HealthKeys(file, problems);
        route = new RouteKeys(problems);
        pool = new PoolKeys(problems);
        console = new ConsoleKeys(problems);
        http = new HttpKeys(problems);
        limits = new LimitKeys(problems);
        top = new Section(problems)
                .each("listen", Addresses.LISTEN, this::listen)
                .value("monitor", Addresses.MONITOR, monitor::set)
                .block("http", http::read)
                .value("workers", Values.WORKERS, workers::set)
                .value("authdb", file, authdb::set)
                .worded("authdb", "query", Values.QUERY, authQuery::set)
                .bare("authdb", "query", () -> authQuery.set(UserSource.PG_AUTHID))
                .value("hba", file, hba::set)
                .each("ident", file, this::ident)
                .block("tls", tls::read)
                .value("user", Values.NAME, user::set)
                .value("group", Values.NAME, group::set)
                .value("pidfile", file, pidfile::set)
                .block("log", log::read)
                .block("health", health::read)
                .value("consistency", Values.CONSISTENCY, consistency::set)
                .value("wait", Values.WAIT, wait::set)
                .block("route", route::read)
                .block("pool", pool::read)
                .block("console", console::read);
        limits.in(top);
        top.block("backend", this::backend);
    }

    /** Empty where something that has no default is missing. Other problems leave a default in the place of the value. */
    Optional<Config> of(List<Directive> directives, Token end) {
        top.read(directives);
        if (!top.met("authdb")) {
            problems.expected("`authdb FILE` or `authdb query`", end);
        }
        if (!backendMet) {
            problems.expected("`backend HOST:PORT`", end);
        }
        identToken
                .filter(token -> !top.met("hba"))
                .ifPresent(
                        token -> problems.at(token, "expected `hba FILE` too, whose rules use the maps of this file"));
        Optional<Tls> checkedTls = tls.value();
        UserSource users = new UserSource(authdb.given(), authQuery.given());
        return users.isGiven() ? Optional.of(config(users, checkedTls)) : Optional.empty();
    }

    private Config config(UserSource users, Optional<Tls> checkedTls) {
        Health checks = health.value();
        List<Backend> cluster = backends(checks.timeout());
        Config.Fixed fixed = new Config.Fixed(
                listen.isEmpty() ? List.of(new Address.Any(Addresses.POSTGRESQL_PORT)) : listen,
                monitor.or(new Address.Host("127.0.0.1", Addresses.MONITOR_PORT)),
                http.address().given(),
                workers.or(1),
                user.given(),
                group.given(),
                pidfile.given(),
                route.value());
        Config.Live live = new Config.Live(
                http.users(),
                users,
                hba.given(),
                ident.given(),
                checkedTls,
                log.value(),
                checks,
                consistency.or(Consistency.SESSION),
                wait.or(Duration.ZERO),
                limits.value(),
                pool.value(),
                console.value(),
                cluster,
                secrets(identities(checkedTls, cluster)));
        return new Config(fixed, live);
    }

    private static List<Identity> identities(Optional<Tls> tls, List<Backend> backends) {
        return Stream.concat(
                        tls.map(Tls::identity).stream(),
                        backends.stream().flatMap(backend -> backend.tls().identity().stream()))
                .toList();
    }

    private List<Path> secrets(List<Identity> identities) {
        List<Path> files = new ArrayList<>();
        authdb.given().ifPresent(files::add);
        hba.given().ifPresent(files::add);
        ident.given().ifPresent(files::add);
        identities.forEach(identity -> files.add(identity.key()));
        health.password().file().ifPresent(files::add);
        boolean passphrases =
                identities.stream().anyMatch(identity -> identity.passphrase().isPresent());
        if (health.password().inline() || passphrases) {
            files.add(ownFile);
        }
        return files;
    }

    private List<Backend> backends(Duration healthTimeout) {
        return nodes.stream()
                .map(node -> node.keys().at(node.address(), healthTimeout))
                .toList();
    }

    private void ident(Path file, Token token) {
        ident.set(file);
        identToken = Optional.of(token);
    }

    private void listen(Address address, Token token) {
        listenAddresses.add(address, token);
        listen.add(address);
    }

    private void backend(Directive directive) {
        List<Token> arguments = directive.arguments();
        if (!arguments.isEmpty() && Values.isKeyword(arguments.get(0), "default")) {
            top.atMost(1, directive);
            defaults.read(directive, file, problems);
            return;
        }
        backendMet = true;
        BackendKeys keys = defaults.copy();
        keys.read(directive, file, problems);
        keys.tls().check(directive.name(), problems);
        top.only(directive, Addresses.BACKEND).ifPresent(address -> {
            backendAddresses.add(address, arguments.get(0));
            nodes.add(new Node(address, keys));
        });
    }
}
