package pgrouter.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns directives into a {@link Config}. Used by the thread that reads the file. */
final class ConfigBuilder {
    private final Source source;
    private final Problems problems;
    private final Given given = new Given();

    ConfigBuilder(Source source, Problems problems) {
        this.source = source;
        this.problems = problems;
    }

    /**
     * Reports what is wrong. Empty if there is no source of users; every other problem leaves a default in the place
     * of the value.
     *
     * @param end the end of the file, where a missing directive is reported
     */
    Optional<Config> of(List<Directive> directives, Token end) {
        new DirectiveReader(problems, source, given).read(directives, Directives.ALL);
        check(end);
        return given.find(Directives.AUTHDB).map(users -> new Config(fixed(), live(users)));
    }

    private void check(Token end) {
        if (given.met(Directives.AUTHDB).isEmpty()) {
            problems.expected("`authdb FILE` or `authdb query`", end);
        }
        if (!backends().hasNode()) {
            problems.expected("`backend HOST:PORT`", end);
        }
        if (given.met(Directives.HBA).isEmpty()) {
            given.find(Directives.IDENT)
                    .ifPresent(file -> problems.at(
                            file.token(), "expected `hba FILE` too, whose rules use the maps of this file"));
        }
        TlsKeys.check(given, problems);
    }

    private Backends backends() {
        return given.find(BackendKeys.BACKEND).orElseGet(Backends::new);
    }

    private Config.Fixed fixed() {
        return new Config.Fixed(
                given.get(Directives.LISTEN).all(),
                given.get(Directives.MONITOR),
                HttpKeys.address(given),
                given.get(Directives.WORKERS),
                given.find(Directives.USER),
                given.find(Directives.GROUP),
                given.find(Directives.PIDFILE),
                RouteKeys.of(given));
    }

    private Config.Live live(UserSource users) {
        Health health = HealthKeys.of(given);
        Optional<Tls> tls = TlsKeys.of(given);
        List<Backend> backends = backends().of(health.timeout());
        return new Config.Live(
                HttpKeys.users(given),
                users,
                given.find(Directives.HBA),
                given.find(Directives.IDENT).map(Value.Placed::value),
                tls,
                LogKeys.of(given),
                health,
                given.get(Directives.CONSISTENCY),
                given.get(Directives.WAIT),
                given.get(Directives.TRANSACTIONS),
                LimitKeys.of(given),
                PoolKeys.of(given),
                ConsoleKeys.of(given),
                backends,
                secrets(users, identities(tls, backends)));
    }

    private static List<Identity> identities(Optional<Tls> tls, List<Backend> backends) {
        return Stream.concat(
                        tls.map(Tls::identity).stream(),
                        backends.stream().flatMap(backend -> backend.tls().identity().stream()))
                .toList();
    }

    private List<Path> secrets(UserSource users, List<Identity> identities) {
        Secret password = given.get(HealthKeys.PASSWORD);
        List<Path> files = new ArrayList<>();
        users.file().ifPresent(files::add);
        given.find(Directives.HBA).ifPresent(files::add);
        given.find(Directives.IDENT).ifPresent(ident -> files.add(ident.value()));
        identities.forEach(identity -> files.add(identity.key()));
        password.file().ifPresent(files::add);
        boolean passphrases =
                identities.stream().anyMatch(identity -> identity.passphrase().isPresent());
        if (password.inline() || passphrases) {
            files.add(source.file());
        }
        return files;
    }
}
