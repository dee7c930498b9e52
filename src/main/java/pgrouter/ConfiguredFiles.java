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

/** Holds the configuration and the content of the files that it names. Immutable; any thread. */
record ConfiguredFiles(Config config, AuthDb authDb, Hba hba, TlsContexts tls) {
    /** Says that at least one of the files cannot be used. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient List<String> problems;

        private Unusable(List<String> problems) {
            super(String.join("\n", problems));
            this.problems = List.copyOf(problems);
        }

        /** Returns every problem with its place, without secrets. */
        List<String> problems() {
            return problems;
        }
    }

    /**
     * Reads all files. Blocks: not for a thread that serves clients.
     *
     * @throws Unusable if any of the files has a problem
     */
    static ConfiguredFiles read(Path file) throws Unusable {
        List<String> problems = new ArrayList<>();
        Optional<Config> config = read(() -> Config.read(file), problems);
        Optional<AuthDb> authDb =
                config.flatMap(given -> read(() -> authDb(given.live().users()), problems));
        Optional<Hba> hba = config.flatMap(given -> read(() -> hba(given.live()), problems));
        Optional<TlsContexts> tls = config.flatMap(given -> read(() -> TlsContexts.load(given.live()), problems));
        if (!problems.isEmpty()) {
            throw new Unusable(problems);
        }
        return new ConfiguredFiles(config.orElseThrow(), authDb.orElseThrow(), hba.orElseThrow(), tls.orElseThrow());
    }

    private static Hba hba(Config.Live config) throws ConfigException {
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

    /** Returns what should be changed but does not prevent a start, one line each. */
    List<String> warnings() {
        List<String> lines = new ArrayList<>(SecretFiles.warnings(config.live().secrets()));
        if (config.live().tls().isEmpty()) {
            lines.addAll(hba.withoutTls());
        } else if (config.live().tls().get().authority().isEmpty()) {
            lines.addAll(hba.withoutAuthority());
        }
        if (config.fixed().group().isPresent() && config.fixed().user().isEmpty()) {
            lines.add("`group " + config.fixed().group().get() + "` has no effect without `user`");
        }
        return lines;
    }
}
