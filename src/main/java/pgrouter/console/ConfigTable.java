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
        table.log(config.live().log());
        table.health(config);
        table.limits(config.live().limits());
        table.routing(config);
        table.tls(config.live().tls());
        config.live().backends().forEach(table::backend);
    }

    private void process(Config config) {
        config.fixed().listen().forEach(address -> add("listen", address));
        add("monitor", config.fixed().monitor());
        add("http", config.fixed().http());
        rows.add("http users", some(String.join(", ", config.live().httpUsers())), "no");
        add("workers", config.fixed().workers());
        add("authdb", config.live().users().file());
        add("authdb query", config.live().users().query());
        add("hba", config.live().hba());
        add("ident", config.live().ident());
        add("user", config.fixed().user());
        add("group", config.fixed().group());
        add("pidfile", config.fixed().pidfile());
        add("console users", some(String.join(", ", config.live().console())));
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
        add("health timeout", time(config.live().health().timeout()));
        add("health check", time(config.live().health().check()));
        add("health database", config.live().health().database());
        add("health username", config.live().health().username());
        add("health password", config.live().health().password().isEmpty() ? Optional.empty() : HIDDEN);
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
        add("consistency", config.live().consistency().toString().toLowerCase(Locale.ROOT));
        add("wait", time(config.live().readWait()));
        RouteRules route = config.fixed().route();
        add("route functions", route.functions().toString().toLowerCase(Locale.ROOT));
        route.writerFunctions().forEach(name -> add("route writer function", name));
        route.writerMatching().forEach(regex -> add("route writer matching", regex));
        route.readerMatching().forEach(regex -> add("route reader matching", regex));
        add("pool size", config.live().pool().size());
        add("pool idle", time(config.live().pool().idle()));
        add("pool age", time(config.live().pool().age()));
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
        rows.add(directive, value, Config.NEED_RESTART.contains(first) ? "yes" : "no");
    }
}
