package pgrouter.client;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import pgrouter.auth.Credential;
import pgrouter.hba.Connection;
import pgrouter.hba.Decision;
import pgrouter.hba.Hba;
import pgrouter.hba.Method;
import pgrouter.hba.Rule;
import pgrouter.net.BlockingTasks;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;

/**
 * Authenticates a client: by the first rule of hba that matches it, and by the method of that rule
 * ({@code ClientAuthentication} in auth.c). Client thread only.
 */
public final class Authentication {
    /** The time after which a client is noticed that has left while it waits for its turn. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Hba hba;
    private final Peer peer;
    private final ClientLogin login;
    private final FailedLogins failures;
    private final Awaited awaited;
    private final long deadline;

    /** @param deadline until when a password may wait for its turn, as {@link System#nanoTime()} */
    public Authentication(
            Hba hba, Peer peer, ClientLogin login, FailedLogins failures, Awaited awaited, long deadline) {
        this.hba = hba;
        this.peer = peer;
        this.login = login;
        this.failures = failures;
        this.awaited = awaited;
        this.deadline = deadline;
    }

    /**
     * @param parameters of the startup message
     * @return the credential that opens the backends for the user
     */
    public Credential run(String user, Map<String, String> parameters)
            throws IOException, SessionException, InterruptedException {
        String database = StartupSettings.of(parameters).database();
        boolean physical = Replication.of(parameters.getOrDefault("replication", "off")) == Replication.PHYSICAL;
        Rule rule = rule(new Connection(peer.address(), peer.encrypted(), database, user, physical));
        if (rule.certificate() != Rule.Certificate.NONE && peer.certificate().isEmpty()) {
            throw SessionException.fatal(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION, "connection requires a valid client certificate");
        }
        Credential credential = prove(user, rule.method());
        if (rule.certificate() == Rule.Certificate.VERIFY_FULL && !isNamed(user, rule)) {
            throw anotherName(user, rule);
        }
        return credential;
    }

    private Credential prove(String user, Method method) throws IOException, SessionException, InterruptedException {
        Optional<String> origin = peer.origin();
        if (origin.isEmpty()) {
            return login.run(user, method, () -> {});
        }
        try (FailedLogins.Attempt attempt = failures.attempt(origin.get(), user)) {
            Credential credential = login.run(user, method, () -> awaitTurn(attempt));
            if (method.isPassword()) {
                attempt.succeeded();
            }
            return credential;
        }
    }

    /** A client that leaves meanwhile, or whose time is over, delays no client after it. */
    private void awaitTurn(FailedLogins.Attempt attempt) throws IOException, SessionException, InterruptedException {
        Duration wait = attempt.ask();
        while (!wait.isZero()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw noTurn();
            }
            awaited.turn();
            LockSupport.parkNanos(Math.min(left, Math.min(wait.toNanos(), LOOK.toNanos())));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            login.expectPresence();
            wait = attempt.ask();
        }
        awaited.pgrouter();
    }

    /** Handles a password whose turn did not come. */
    public static SessionException noTurn() {
        return SessionException.fatal(SqlState.TOO_MANY_CONNECTIONS, "too many failed logins from this address");
    }

    private Rule rule(Connection connection) throws SessionException, InterruptedException {
        return switch (offCarrier(() -> hba.decide(connection))) {
            case Decision.Ask(Rule rule) -> rule;
            case Decision.Refuse refused -> throw refused(refused);
        };
    }

    private static SessionException refused(Decision.Refuse refused) {
        ErrorResponse error = ErrorResponse.fatal(SqlState.INVALID_AUTHORIZATION_SPECIFICATION, refused.message());
        return SessionException.quoting(refused.message() + " (" + refused.place() + ")", error.encode());
    }

    private boolean isNamed(String user, Rule rule) throws InterruptedException {
        return offCarrier(() -> hba.isNamed(user, peer.certificate().orElseThrow(), rule));
    }

    private static SessionException anotherName(String user, Rule rule) {
        String method = switch (rule.method()) {
            case CERT -> "certificate";
            case TRUST -> "\"trust\"";
            case MD5, SCRAM_SHA_256, PASSWORD, REJECT -> "password";
        };
        String sqlState =
                rule.method().isPassword() ? SqlState.INVALID_PASSWORD : SqlState.INVALID_AUTHORIZATION_SPECIFICATION;
        String message = method + " authentication failed for user \"" + user + "\"";
        return SessionException.quoting(
                message + ": the certificate names another (" + rule.place() + ")",
                ErrorResponse.fatal(sqlState, message).encode());
    }

    private interface Question<T> {
        T ask();
    }

    private static <T> T offCarrier(Question<T> question) throws InterruptedException {
        try {
            return BlockingTasks.compute(question::ask);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
