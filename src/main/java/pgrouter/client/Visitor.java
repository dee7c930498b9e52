package pgrouter.client;

import java.net.InetAddress;
import java.util.Optional;
import pgrouter.log.Cause;
import pgrouter.log.Log;
import pgrouter.protocol.ErrorResponse;

/**
 * The client of a session as the log knows it. Until it is logged in, its lines are of a kind that any client can
 * cause, and name its address. Any thread.
 */
public final class Visitor {
    private static final Log LOG = Log.of("session");

    /** Type and length of an ErrorResponse. */
    private static final int HEADER = 5;

    /**
     * The incidents that a client that has not logged in can cause, as the log counts them; a refusal is counted by
     * its SQLSTATE.
     */
    public enum Kind {
        NO_STARTUP_PACKET("connections without a startup packet"),
        NO_TLS("failed TLS handshakes"),
        MADE_ROOM("connections that have made room for others"),
        NO_PROTOCOL("violations of the protocol before the login"),
        FAILED_LOGIN("failed logins");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private final Optional<InetAddress> address;
    private volatile String user = "";
    private volatile boolean loggedIn;

    /** @param address empty over a Unix-domain socket */
    public Visitor(Optional<InetAddress> address) {
        this.address = address;
    }

    /** Notes the user that the client has named. */
    public void says(String name) {
        user = name;
    }

    public void loggedIn() {
        loggedIn = true;
    }

    public void tell(Kind kind, String message) {
        tell(kind.words, message);
    }

    /** Notes the end of the session. */
    public void tell(SessionException reason) {
        String kind = reason instanceof WrongPassword ? Kind.FAILED_LOGIN.words : "refusals with " + sqlState(reason);
        tell(kind, "ends: " + reason.getMessage());
    }

    private void tell(String kind, String message) {
        if (loggedIn) {
            LOG.info(message);
        } else {
            LOG.infoOf(new Cause(kind, source()), message, address.map(InetAddress::getHostAddress));
        }
    }

    private String source() {
        String from = address.map(InetAddress::getHostAddress).orElse("a Unix-domain socket");
        return user.isEmpty() ? from : from + " as user \"" + user + "\"";
    }

    private static String sqlState(SessionException reason) {
        byte[] message = reason.message();
        return message.length < HEADER
                ? "no SQLSTATE"
                : ErrorResponse.decode(message, HEADER, message.length).sqlState();
    }
}
