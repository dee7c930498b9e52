package pgrouter.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.protocol.StartupPacket;
import pgrouter.protocol.StartupPacket.CancelRequest;
import pgrouter.protocol.StartupPacket.GssEncRequest;
import pgrouter.protocol.StartupPacket.SslRequest;
import pgrouter.protocol.StartupPacket.StartupMessage;
import pgrouter.tls.StartTls;
import pgrouter.tls.TlsServer;
import pgrouter.tls.TlsWire;

/**
 * The messages of a client before it names its user: requests for encryption, then the StartupMessage or a
 * CancelRequest ({@code ProcessStartupPacket} in backend_startup.c). Client thread only.
 */
public final class Negotiation {
    /** The newest minor version of protocol 3 that pgrouter speaks. */
    static final int NEWEST_MINOR = 2;

    private static final byte[] NO = {'N'};
    private static final byte[] YES = {'S'};

    /** The first byte of a TLS record with a handshake. No startup packet begins with it: its length would be 369 MB. */
    private static final byte TLS_HANDSHAKE = 0x16;

    /** A handshake has two flights of a client, of several messages each, and is slow on a slow connection. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(2);

    /** The memory of the engine, the certificate that a client shows, and the received part of a record. */
    private static final int HANDSHAKE_BYTES = 64 * 1024;

    private static final String EXTENSION = "_pq_.";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SHORT_SECRET = 4;
    private static final int LONG_SECRET = 32;

    private final Inbox inbox;
    private final ClientEnd client;
    private final StartTls wire;
    private final Optional<TlsServer> tls;
    private final Visitor visitor;
    private final Awaited awaited;
    private Optional<TlsWire> secured = Optional.empty();
    private boolean tlsAsked;
    private boolean gssAsked;

    /**
     * @param wire of the inbox and the client
     * @param tls what is offered to the client
     */
    public Negotiation(
            Inbox inbox, ClientEnd client, StartTls wire, Optional<TlsServer> tls, Visitor visitor, Awaited awaited) {
        this.inbox = inbox;
        this.client = client;
        this.wire = wire;
        this.tls = tls;
        this.visitor = visitor;
        this.awaited = awaited;
    }

    /** The client's connection, once the negotiation is over; empty where it goes on in the clear. */
    public Optional<TlsWire> secured() {
        return secured;
    }

    /**
     * Input that is no startup packet at all is not answered, as in PostgreSQL, which only logs it (COMMERROR). A
     * port scanner would take the answer for something else, and a driver that has given up for an error.
     *
     * @return a StartupMessage or a CancelRequest; empty where the client has left, or has sent something else
     */
    public Optional<StartupPacket> run() throws IOException, SessionException {
        if (tls.isPresent() && inbox.await(1) && inbox.byteAt(0) == TLS_HANDSHAKE) {
            beginDirectly(tls.get());
        }
        while (true) {
            Optional<StartupPacket> packet = read();
            if (packet.isEmpty()) {
                return packet;
            }
            switch (packet.get()) {
                case SslRequest ssl -> answerSsl();
                case GssEncRequest gss -> gssAsked = refuseOnce(gssAsked, StartupPacket.GSSENC_REQUEST);
                case CancelRequest cancel -> {
                    return packet;
                }
                case StartupMessage startup -> {
                    agree(startup);
                    return packet;
                }
            }
        }
    }

    /** The minor version of the protocol from here on. */
    private static int minor(StartupMessage startup) {
        return Math.min(startup.minor(), NEWEST_MINOR);
    }

    /** A new secret for cancel requests, as long as the version of the protocol permits. */
    static byte[] secret(StartupMessage startup) {
        byte[] secret = new byte[minor(startup) >= 2 ? LONG_SECRET : SHORT_SECRET];
        RANDOM.nextBytes(secret);
        return secret;
    }

    /** TLS from the first byte on ({@code ProcessSSLStartup} in backend_startup.c). */
    private void beginDirectly(TlsServer server) throws IOException {
        byte[] hello = new byte[inbox.available()];
        System.arraycopy(inbox.array(), inbox.arrayOffset(0), hello, 0, hello.length);
        inbox.consume(hello.length);
        secured = Optional.of(accept(server, ByteBuffer.wrap(hello)));
        if (!secured.get().isForPostgresql()) {
            throw new SSLException(
                    "received direct SSL connection request without ALPN protocol negotiation extension");
        }
    }

    private TlsWire accept(TlsServer server, ByteBuffer already) throws IOException {
        awaited.handshake(HANDSHAKE, HANDSHAKE_BYTES);
        return wire.accept(server, already);
    }

    private void answerSsl() throws IOException, SessionException {
        if (tlsAsked || tls.isEmpty() || secured.isPresent()) {
            tlsAsked = refuseOnce(tlsAsked, StartupPacket.SSL_REQUEST);
            return;
        }
        // Bytes from before the key exchange could be from an attacker, and would be taken for the client's
        // (CVE-2021-23214).
        if (inbox.available() > 0) {
            throw SessionException.fatal(SqlState.PROTOCOL_VIOLATION, "received unencrypted data after SSL request");
        }
        client.write(YES);
        secured = Optional.of(accept(tls.get(), ByteBuffer.allocate(0)));
        tlsAsked = true;
        gssAsked = true;
    }

    private boolean refuseOnce(boolean asked, int code) throws SessionException {
        if (asked) {
            throw unsupported(code >>> 16, code & 0xffff);
        }
        client.write(NO);
        return true;
    }

    private void agree(StartupMessage startup) throws SessionException {
        if (startup.major() != 3) {
            throw unsupported(startup.major(), startup.minor());
        }
        if (secured.isEmpty() && tls.filter(TlsServer::isRequired).isPresent()) {
            throw unencrypted(startup.parameters());
        }
        List<String> unknown = startup.parameters().keySet().stream()
                .filter(name -> name.startsWith(EXTENSION))
                .toList();
        if (startup.minor() > NEWEST_MINOR || !unknown.isEmpty()) {
            client.write(BackendMessage.negotiateProtocolVersion(minor(startup), unknown));
        }
    }

    /** Uses PostgreSQL's words for a client that only {@code hostnossl ... reject} of pg_hba.conf matches. */
    private static SessionException unencrypted(Map<String, String> parameters) {
        String user = parameters.getOrDefault("user", "");
        String database = parameters.getOrDefault("database", user);
        return SessionException.fatal(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "pgrouter rejects connection for user \"%s\", database \"%s\", no encryption"
                        .formatted(user, database));
    }

    private static SessionException unsupported(int major, int minor) {
        return SessionException.unsupported("unsupported frontend protocol %d.%d: server supports 3.0 to 3.%d"
                .formatted(major, minor, NEWEST_MINOR));
    }

    private Optional<StartupPacket> read() throws IOException {
        awaited.client();
        if (!inbox.await(4)) {
            return inbox.available() == 0 ? Optional.empty() : unanswered("incomplete startup packet");
        }
        int length = inbox.intAt(0);
        if (length < StartupPacket.MINIMUM_LENGTH || length > StartupPacket.MAXIMUM_LENGTH) {
            return unanswered("invalid length of startup packet");
        }
        awaited.message(length);
        if (!inbox.await(length)) {
            return unanswered("incomplete startup packet");
        }
        byte[] packet = new byte[length - 4];
        System.arraycopy(inbox.array(), inbox.arrayOffset(4), packet, 0, packet.length);
        inbox.consume(length);
        awaited.pgrouter();
        return decoded(packet);
    }

    /** A cancel request is never answered; a wrong layout is an error of its own. */
    private Optional<StartupPacket> decoded(byte[] packet) throws ProtocolException {
        try {
            return Optional.of(StartupPacket.decode(packet));
        } catch (ProtocolException e) {
            if (StartupPacket.isCancelRequest(packet)) {
                return unanswered(e.getMessage());
            }
            throw e;
        }
    }

    private Optional<StartupPacket> unanswered(String what) {
        visitor.tell(Visitor.Kind.NO_STARTUP_PACKET, "sent no startup packet: " + what);
        return Optional.empty();
    }
}
