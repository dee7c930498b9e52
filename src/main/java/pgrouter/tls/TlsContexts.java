package pgrouter.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pgrouter.config.Backend;
import pgrouter.config.BackendTls;
import pgrouter.config.Config;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;

/**
 * Holds the TLS contexts of a configuration. Immutable; any thread.
 *
 * @param server empty if clients are not offered TLS
 * @param clients one for each TLS configuration of a backend
 */
public record TlsContexts(Optional<TlsServer> server, Map<BackendTls, TlsClient> clients) {
    public static final TlsContexts NONE = new TlsContexts(Optional.empty(), Map.of());

    public TlsContexts {
        clients = Map.copyOf(clients);
    }

    private interface Loading<T> {
        T load() throws ConfigException;
    }

    /**
     * Reads the files. Blocks: not for a thread that serves clients.
     *
     * @throws ConfigException with every problem of the files, each with its file name
     */
    public static TlsContexts load(Config.Live config) throws ConfigException {
        List<Problem> problems = new ArrayList<>();
        Optional<TlsServer> server = config.tls().flatMap(tls -> tried(() -> TlsServer.load(tls), problems));
        Map<BackendTls, TlsClient> clients = new HashMap<>();
        config.backends().stream()
                .map(Backend::tls)
                .filter(tls -> !tls.isOff())
                .distinct()
                .forEach(tls ->
                        tried(() -> TlsClient.load(tls), problems).ifPresent(client -> clients.put(tls, client)));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new TlsContexts(server, clients);
    }

    private static <T> Optional<T> tried(Loading<T> loading, List<Problem> problems) {
        try {
            return Optional.of(loading.load());
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return Optional.empty();
        }
    }
}
