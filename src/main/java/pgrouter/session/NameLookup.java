package pgrouter.session;

import java.util.Objects;
import java.util.Optional;
import pgrouter.backend.PathAtLogin;
import pgrouter.exchange.Relay;
import pgrouter.routing.SearchPath;
import pgrouter.routing.StateTraits;
import pgrouter.state.SessionState;

/**
 * The schemas in which the servers of one session look for an unqualified name. The session's own setting counts
 * first, then the server's report (since version 18), then the answer of its process when that was new, as long as
 * neither roles nor the configuration have changed since. Client thread only.
 */
final class NameLookup {
    private final Servers servers;
    private final SessionState wanted;

    /** Whether a transaction has set something that may end with it. */
    private boolean passing;

    /** Whether a standby searches other schemas than the primary: from then on a name may mean any object. */
    private boolean divided;

    /** The cached result for the path, and for the reader that was found to search the same schemas. */
    private Basis basis = Basis.NONE;

    private Basis readerBasis = Basis.NONE;
    private Optional<SearchPath> path = Optional.empty();

    /** All that a path depends on: it is computed again only where one of these differs. */
    private record Basis(Relay server, String reported, int version, long changedAt) {
        private static final Basis NONE = new Basis(null, "", 0, 0);

        boolean isOf(Relay other, int otherVersion, long otherChangedAt) {
            return server == other
                    && Objects.equals(reported, other.searchPath())
                    && version == otherVersion
                    && changedAt == otherChangedAt;
        }
    }

    NameLookup(Servers servers, SessionState wanted) {
        this.servers = servers;
        this.wanted = wanted;
    }

    /** Empty where it is not known. */
    Optional<SearchPath> path() {
        if (passing || divided || !wanted.isFollowed()) {
            return Optional.empty();
        }
        Optional<Relay> first = servers.first();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Relay server = first.get();
        if (!basis.isOf(server, wanted.version(), servers.changedAt())) {
            basis = basis(server);
            path = wanted.searchPath(atLogin(server, basis), servers.loginUser());
        }
        return path;
    }

    private Basis basis(Relay server) {
        return new Basis(server, server.searchPath(), wanted.version(), servers.changedAt());
    }

    /** Where a server reports the path, the user is still the one of the login. */
    private static Optional<PathAtLogin> atLogin(Relay server, Basis basis) {
        Optional<PathAtLogin> asNew = server.connection().path();
        if (basis.reported() != null) {
            return asNew.map(path -> new PathAtLogin(basis.reported(), path.user()));
        }
        return server.connection().begunAt() - basis.changedAt() >= 0 ? asNew : Optional.empty();
    }

    /**
     * Whether this standby searches the schemas by which the request was judged. Where it does not, a name may mean
     * any object from now on.
     */
    boolean isShared(Relay reader) {
        if (path().isEmpty()
                || wanted.hasSetSearchPath()
                || readerBasis.isOf(reader, wanted.version(), servers.changedAt())) {
            return true;
        }
        Basis other = basis(reader);
        Optional<String> there = atLogin(reader, other).map(PathAtLogin::value);
        divided =
                there.isEmpty() || !there.equals(atLogin(basis.server(), basis).map(PathAtLogin::value));
        readerBasis = divided ? Basis.NONE : other;
        return !divided;
    }

    /** Notes that a request of these traits was answered. */
    void answered(StateTraits traits, boolean inTransaction) {
        passing = inTransaction && (passing || traits.has(StateTraits.MAY_MOVE));
    }

    /** Notes that the session is not in a transaction any more. */
    void ended() {
        passing = false;
    }
}
