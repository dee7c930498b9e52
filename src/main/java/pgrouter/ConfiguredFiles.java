package pgrouter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.auth.AuthDb;
import pgrouter.auth.AuthDbException;
import pgrouter.config.Config;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;
import pgrouter.config.UserSource;
import pgrouter.hba.Hba;
import pgrouter.tls.TlsContexts;

/** What the configuration file says, and the files that it names. */
record ConfiguredFiles(Config config, AuthDb authDb, Hba hba, TlsContexts tls) {
    /** At least one of the files cannot be used. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<String> problems;

        private Unusable(List<String> problems) {
            super(String.join("\n", problems));
            this.problems = List.copyOf(problems);
        }

        /** Everything that is wrong, each with its place; no secret. */
        List<String> problems() {
            return problems;
        }
    }

    /**
     * Reads all of them. Blocks: not for a thread that serves clients.
     *
     * @throws Unusable where anything is wrong with any of them
     */
    static ConfiguredFiles read(Path file) throws Unusable {
        List<String> problems = new ArrayList<>();
        Optional<Config> config = read(() -> Config.read(file), problems);
        Optional<AuthDb> authDb = config.flatMap(given -> read(() -> authDb(given.users()), problems));
        Optional<Hba> hba = config.flatMap(given -> read(() -> hba(given), problems));
        Optional<TlsContexts> tls = config.flatMap(given -> read(() -> TlsContexts.load(given), problems));
        if (!problems.isEmpty()) {
            throw new Unusable(problems);
        }
        return new ConfiguredFiles(config.orElseThrow(), authDb.orElseThrow(), hba.orElseThrow(), tls.orElseThrow());
    }

    private static Hba hba(Config config) throws ConfigException {
        return config.hba().isPresent() ? Hba.read(config.hba().get(), config.ident()) : Hba.NONE;
    }

    private static AuthDb authDb(UserSource users) throws AuthDbException {
        return users.file().isPresent() ? AuthDb.read(users.file().get()) : AuthDb.EMPTY;
    }

    private interface Reading<T> {
        T read() throws ConfigException, AuthDbException;
    }

    private static <T> Optional<T> read(Reading<T> reading, List<String> problems) {
        try {
            return Optional.of(reading.read());
        } catch (ConfigException e) {
            problems.addAll(e.problems().stream().map(Problem::toString).toList());
        } catch (AuthDbException e) {
            problems.addAll(e.problems());
        }
        return Optional.empty();
    }

    /** What should be changed, but keeps nobody from starting; one line each. */
    List<String> warnings() {
        List<String> lines = new ArrayList<>(SecretFiles.warnings(config.secrets()));
        if (config.tls().isEmpty()) {
            lines.addAll(hba.withoutTls());
        } else if (config.tls().get().authority().isEmpty()) {
            lines.addAll(hba.withoutAuthority());
        }
        if (config.group().isPresent() && config.user().isEmpty()) {
            lines.add("`group " + config.group().get() + "` has no effect without `user`");
        }
        return lines;
    }
}
