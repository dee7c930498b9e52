package pgrouter.console;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pgrouter.config.Address;
import pgrouter.config.Authority;
import pgrouter.config.Backend;
import pgrouter.config.BackendAuth;
import pgrouter.config.Ciphers;
import pgrouter.config.Config;
import pgrouter.config.Identity;
import pgrouter.config.Limits;
import pgrouter.config.Logging;
import pgrouter.config.RouteRules;
import pgrouter.config.Tls;

/** The rows of {@code SHOW CONFIG}: what the configuration says, with its defaults, as it could be written; never a secret. */
final class ConfigTable {
    private static final String HIDDEN = "(hidden)";

    private final Rows rows;

    private ConfigTable(Rows rows) {
        this.rows = rows;
    }

    /** What is not given and has no default is NULL. */
    static void add(Rows rows, Config config) {
        ConfigTable table = new ConfigTable(rows);
        table.process(config);
        table.log(config.log());
        table.health(config);
        table.limits(config.limits());
        table.routing(config);
        table.tls(config.tls());
        config.backends().forEach(table::backend);
    }

    private void process(Config config) {
        config.listen().forEach(address -> add("listen", address));
        add("monitor", config.monitor());
        add("http", config.http());
        rows.add("http users", some(String.join(", ", config.httpUsers())), "no");
        add("workers", config.workers());
        add("authdb", config.users().file());
        add("authdb query", config.users().query());
        add("hba", config.hba());
        add("ident", config.ident());
        add("user", config.user());
        add("group", config.group());
        add("pidfile", config.pidfile());
        add("console users", some(String.join(", ", config.console())));
    }

    private void log(Logging log) {
        add("log level", log.level());
        add(
                "log to",
                switch (log.target()) {
                    case Logging.Target.Stderr stderr -> "stderr";
                    case Logging.Target.Syslog syslog -> "syslog";
                    case Logging.Target.File file -> file.path().toString();
                });
        add("log format", log.format().toString().toLowerCase(Locale.ROOT));
        add("log slow", timeOrOff(log.slow()));
    }

    private void health(Config config) {
        add("health timeout", time(config.health().timeout()));
        add("health check", time(config.health().check()));
        add("health database", config.health().database());
        add("health username", config.health().username());
        add("health password", config.health().password().isEmpty() ? Optional.empty() : HIDDEN);
    }

    private void limits(Limits limits) {
        add("clients", limits.clients().all());
        add("clients user", limits.clients().ofUser());
        add("clients address", limits.clients().ofAddress());
        add("clients startups", limits.clients().startups());
        add("clients memory", size(limits.clients().memory()));
        add("login", time(limits.login()));
        add("idle", timeOrOff(limits.idle()));
        add("failover", time(limits.failover()));
        add("shutdown", time(limits.shutdown()));
    }

    private void routing(Config config) {
        add("consistency", config.consistency().toString().toLowerCase(Locale.ROOT));
        add("wait", time(config.readWait()));
        RouteRules route = config.route();
        add("route functions", route.functions().toString().toLowerCase(Locale.ROOT));
        route.writerFunctions().forEach(name -> add("route writer function", name));
        route.writerMatching().forEach(regex -> add("route writer matching", regex));
        route.readerMatching().forEach(regex -> add("route reader matching", regex));
        add("pool size", config.pool().size());
        add("pool idle", time(config.pool().idle()));
        add("pool age", time(config.pool().age()));
    }

    private void tls(Optional<Tls> tls) {
        if (tls.isEmpty()) {
            add("tls", tls);
            return;
        }
        identity("tls", tls.map(Tls::identity));
        authority("tls", tls.get().authority());
        add("tls ciphers", tls.get().ciphers().map(Ciphers::list));
        add(
                "tls protocols",
                tls.get().protocols().stream()
                        .map(protocol -> protocol.protocolName())
                        .sorted()
                        .collect(Collectors.joining(",")));
        add("tls require", tls.get().required() ? "on" : "off");
    }

    private void identity(String block, Optional<Identity> identity) {
        add(block + " cert", identity.map(Identity::cert));
        add(block + " key", identity.map(Identity::key));
        add(block + " passphrase", identity.flatMap(Identity::passphrase).map(given -> HIDDEN));
    }

    private void authority(String block, Optional<Authority> authority) {
        add(block + " ca", authority.map(Authority::ca));
        add(block + " crl", authority.flatMap(Authority::crl));
    }

    private void backend(Backend backend) {
        Address address = backend.address();
        String block = "backend " + address;
        add(block + " lag", lag(backend));
        add(block + " weight", backend.weight());
        add(block + " timeout", time(backend.timeout()));
        add(block + " auth", Optional.of(backend.auth()).filter(auth -> auth != BackendAuth.DEFAULT));
        add(block + " tls", backend.tls().mode().toString().toLowerCase(Locale.ROOT));
        authority(block, backend.tls().authority());
        identity(block, backend.tls().identity());
    }

    /** How far a standby may be behind. */
    static String lag(Backend backend) {
        Optional<String> bytes = backend.lag() == Long.MAX_VALUE ? Optional.empty() : Optional.of(size(backend.lag()));
        return Stream.of(bytes, backend.lagTime().map(ConfigTable::time))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
    }

    private static String size(long bytes) {
        List<String> units = List.of("b", "kb", "mb", "gb");
        int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, units.size() - 1);
        return (bytes >> (10 * unit)) + units.get(unit);
    }

    private static String timeOrOff(Duration time) {
        return time.isZero() ? "off" : time(time);
    }

    private static String time(Duration time) {
        long millis = time.toMillis();
        if (millis == 0) {
            return "0";
        }
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        return millis % 60_000 == 0 ? millis / 60_000 + "m" : millis / 1000 + "s";
    }

    private static Optional<String> some(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private void add(String directive, Object value) {
        String first = directive.split(" ", 2)[0];
        rows.add(directive, value, Config.READ_AT_START.contains(first) ? "yes" : "no");
    }
}
