package pgrouter.session;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import pgrouter.auth.Credential;
import pgrouter.client.ClientStartup;
import pgrouter.client.ConnectionLimits;
import pgrouter.client.ConnectionLimits.Place;
import pgrouter.client.Greeting;
import pgrouter.client.Peer;
import pgrouter.client.Replication;
import pgrouter.client.SessionException;
import pgrouter.client.StartupSettings;
import pgrouter.metrics.ClientFacts;
import pgrouter.pool.ServerLogin;
import pgrouter.protocol.StartupPacket.StartupMessage;

/**
 * Lets one client in: it takes a place, authenticates, and gets the kind of session that it has asked for. Client
 * thread only, except {@link #facts}.
 */
final class SessionLogin {
    private final SessionParts parts;
    private final ClientStartup startup;
    private volatile Optional<Known> known = Optional.empty();

    /** The user who has logged in. */
    private record Known(String user, String database, String application, Peer peer) {}

    SessionLogin(SessionParts parts, ClientStartup startup) {
        this.parts = parts;
        this.startup = startup;
    }

    /** @throws SessionException where the client may not come in */
    SessionKind run(StartupMessage message) throws IOException, SessionException, InterruptedException {
        parts.termination().startedUp();
        Peer peer = startup.peer();
        boolean replicates =
                Replication.of(message.parameters().getOrDefault("replication", "off")) != Replication.NONE;
        StartupSettings settings = StartupSettings.of(message.parameters());
        if (!replicates && parts.services().console().isAt(settings.database())) {
            return console(message, peer);
        }
        Place place = hold(places().take(peer));
        Credential credential = authenticate(message, peer);
        knownAs(message, peer, place);
        ServerLogin login = new ServerLogin(
                message.parameters(),
                credential,
                parts.connection().carrier(),
                parts.connection().number());
        return replicates
                ? new ReplicationSession(parts, greeting(message), login)
                : new RoutedSession(parts, greeting(message), login, settings);
    }

    /** A place is reserved for a client of the console, but not for a stranger. */
    private SessionKind console(StartupMessage message, Peer peer)
            throws IOException, SessionException, InterruptedException {
        authenticate(message, peer);
        knownAs(message, peer, hold(places().takeForConsole(peer)));
        return new ConsoleSession(parts, greeting(message), user(message), message.parameters());
    }

    private ConnectionLimits places() {
        return parts.services().sessions().places();
    }

    private Place hold(Place place) {
        parts.held().add(place::close);
        return place;
    }

    private Credential authenticate(StartupMessage message, Peer peer)
            throws IOException, SessionException, InterruptedException {
        Services services = parts.services();
        return startup.authenticate(
                message,
                peer,
                services.access(),
                services.failedLogins(),
                services.rules().limits().login());
    }

    private void knownAs(StartupMessage message, Peer peer, Place place) throws SessionException {
        String user = user(message);
        place.of(user);
        Map<String, String> parameters = message.parameters();
        String database = StartupSettings.of(parameters).database();
        known = Optional.of(new Known(user, database, parameters.getOrDefault("application_name", ""), peer));
    }

    private static String user(StartupMessage message) {
        return message.parameters().getOrDefault("user", "");
    }

    private Greeting greeting(StartupMessage message) {
        return startup.greeting(message, parts.services().metrics().logins());
    }

    /**
     * Returns what is known of the client. Any thread.
     *
     * @param since when it was accepted
     */
    ClientFacts facts(Instant since) {
        Optional<Known> now = known;
        return new ClientFacts(
                parts.connection().number(),
                now.map(Known::user),
                now.map(Known::database),
                now.map(Known::application),
                now.flatMap(each -> each.peer().address()).map(InetAddress::getHostAddress),
                parts.phase().words(),
                since,
                now.filter(each -> each.peer().encrypted()).isPresent());
    }
}
