package pgrouter.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The content of the configuration file, with every default filled in. Immutable; any thread.
 *
 * @param fixed needs a restart to change
 * @param live changes with a reload
 */
public record Config(Fixed fixed, Live live) {
    /**
     * The part that is read only at the start.
     *
     * @param listen where clients connect; at least one, no two the same
     * @param monitor where the status text is served; never a directory
     * @param http where metrics and the status page are served; never a directory
     * @param workers the number of carriers, 1 to 1024
     */
    public record Fixed(
            List<Address> listen,
            Address monitor,
            Optional<Address> http,
            int workers,
            Optional<String> user,
            Optional<String> group,
            Optional<Path> pidfile,
            RouteRules route) {
        public Fixed {
            listen = List.copyOf(listen);
        }
    }

    /**
     * The part that a reload replaces.
     *
     * @param httpUsers the users who may read metrics and the status page; empty if everybody may
     * @param readWait how long a read waits for a standby to replay what the read must see
     * @param transactions where a transaction without an access mode begins
     * @param console the users of the console; without any there is no console
     * @param backends the PostgreSQL nodes in the order of the file; at least one, no two with the same address
     * @param secrets the files that hold secrets, or say who may connect
     */
    public record Live(
            List<String> httpUsers,
            UserSource users,
            Optional<Path> hba,
            Optional<Path> ident,
            Optional<Tls> tls,
            Logging log,
            Health health,
            Consistency consistency,
            ReadWait readWait,
            Transactions transactions,
            Limits limits,
            Pool pool,
            List<String> console,
            List<Backend> backends,
            List<Path> secrets) {
        public Live {
            httpUsers = List.copyOf(httpUsers);
            console = List.copyOf(console);
            backends = List.copyOf(backends);
            secrets = List.copyOf(secrets);
        }
    }

    /**
     * Reads and checks a configuration file. Relative paths in it start at its directory. A file that cannot be read, is not UTF-8 or
     * is larger than 1 MiB is one problem. Blocks: not for a thread that serves clients.
     */
    public static Config read(Path file) throws ConfigException {
        Path directory = file.toAbsolutePath().getParent();
        return parse(ConfigFile.text(file), file.toString(), directory == null ? file : directory);
    }

    /**
     * Checks the text of a configuration file.
     *
     * @param fileName the file, as problems name it
     * @param baseDirectory where relative paths start
     * @throws ConfigException with every problem
     */
    public static Config parse(String text, String fileName, Path baseDirectory) throws ConfigException {
        Problems problems = new Problems(fileName);
        List<Token> tokens = new Lexer(text, problems).tokens();
        List<Directive> directives = new Parser(tokens, problems).directives();
        Optional<Config> config = new ConfigBuilder(new Source(Path.of(fileName), baseDirectory), problems)
                .of(directives, tokens.get(tokens.size() - 1));
        problems.throwIfAny();
        return config.orElseThrow();
    }

    /** Returns every value, in the order in which {@code SHOW CONFIG} lists them. */
    public Stream<Setting> settings() {
        return Directives.ALL.settings("", this);
    }

    /** Returns the directives that differ in another file and need a restart. */
    public List<String> needsRestart(Config next) {
        Map<String, List<Setting>> before = fixedSettings();
        Map<String, List<Setting>> after = next.fixedSettings();
        return Directives.ALL.names().stream()
                .filter(name -> !Objects.equals(before.get(name), after.get(name)))
                .toList();
    }

    private Map<String, List<Setting>> fixedSettings() {
        return settings().filter(Setting::needsRestart).collect(Collectors.groupingBy(Setting::top));
    }

    /** Returns what holds after a reload of another file. */
    public Config reloaded(Config next) {
        return new Config(fixed, next.live);
    }
}
