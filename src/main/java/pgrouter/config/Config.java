package pgrouter.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the configuration file says, with every default filled in. Immutable; any thread.
 *
 * @param listen where clients connect; at least one, no two the same
 * @param monitor where the status text is served; never a directory
 * @param http where metrics and the status page are served; never a directory
 * @param httpUsers who may read there; where there are none, everybody may
 * @param workers the number of carriers, 1 to 1024
 * @param readWait how long a read may wait for a standby that has replayed what it must see
 * @param console the users of the console; where there are none, there is no console
 * @param backends the PostgreSQL nodes in the order of the file; at least one, no two with the same address
 * @param secrets the files that hold secrets, or say who may come in
 */
public record Config(
        List<Address> listen,
        Address monitor,
        Optional<Address> http,
        List<String> httpUsers,
        int workers,
        UserSource users,
        Optional<Path> hba,
        Optional<Path> ident,
        Optional<Tls> tls,
        Optional<String> user,
        Optional<String> group,
        Optional<Path> pidfile,
        Logging log,
        Health health,
        Consistency consistency,
        Duration readWait,
        RouteRules route,
        Limits limits,
        Pool pool,
        List<String> console,
        List<Backend> backends,
        List<Path> secrets) {

    /** What is read only at the start, by the name of its directive, in the order in which it is told. */
    private static final Map<String, Function<Config, Object>> AT_START = atStart();

    /** The directives that are read only at the start. */
    public static final Set<String> READ_AT_START = Collections.unmodifiableSet(AT_START.keySet());

    public Config {
        listen = List.copyOf(listen);
        httpUsers = List.copyOf(httpUsers);
        console = List.copyOf(console);
        backends = List.copyOf(backends);
        secrets = List.copyOf(secrets);
    }

    /**
     * Reads and checks a configuration file. Relative paths in it start at the directory that the file is in. A file that cannot
     * be read, is not UTF-8 or is larger than 1 MiB is one problem.
     */
    public static Config read(Path file) throws ConfigException {
        Path directory = file.toAbsolutePath().getParent();
        return parse(ConfigFile.text(file), file.toString(), directory == null ? file : directory);
    }

    /**
     * Checks the text of a configuration file.
     *
     * @param fileName the file, and what problems call it
     * @param baseDirectory where relative paths start
     * @throws ConfigException with everything that is wrong
     */
    public static Config parse(String text, String fileName, Path baseDirectory) throws ConfigException {
        Problems problems = new Problems(fileName);
        List<Token> tokens = new Lexer(text, problems).tokens();
        List<Directive> directives = new Parser(tokens, problems).directives();
        Optional<Config> config = new ConfigBuilder(Path.of(fileName), baseDirectory, problems)
                .of(directives, tokens.get(tokens.size() - 1));
        problems.throwIfAny();
        return config.orElseThrow();
    }

    /** The directives in which another file differs, and which are read only at the start. */
    public List<String> needsRestart(Config next) {
        return AT_START.entrySet().stream()
                .filter(each ->
                        !each.getValue().apply(this).equals(each.getValue().apply(next)))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, Function<Config, Object>> atStart() {
        Map<String, Function<Config, Object>> values = new LinkedHashMap<>();
        values.put("listen", Config::listen);
        values.put("monitor", Config::monitor);
        values.put("http", Config::http);
        values.put("workers", Config::workers);
        values.put("user", Config::user);
        values.put("group", Config::group);
        values.put("pidfile", Config::pidfile);
        values.put("route", Config::route);
        return values;
    }

    /** The other file's, but for what is read only at the start. */
    public Config reloaded(Config next) {
        return new Config(
                listen,
                monitor,
                http,
                next.httpUsers,
                workers,
                next.users,
                next.hba,
                next.ident,
                next.tls,
                user,
                group,
                pidfile,
                next.log,
                next.health,
                next.consistency,
                next.readWait,
                route,
                next.limits,
                next.pool,
                next.console,
                next.backends,
                next.secrets);
    }
}
