package pgrouter.session;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import pgrouter.net.Inbox;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.StartupPacket;
import pgrouter.protocol.StartupPacket.CancelRequest;
import pgrouter.protocol.StartupPacket.GssEncRequest;
import pgrouter.protocol.StartupPacket.SslRequest;
import pgrouter.protocol.StartupPacket.StartupMessage;

/**
 * What a client says before it says who it is: requests for encryption, then the StartupMessage or a CancelRequest
 * ({@code ProcessStartupPacket} in backend_startup.c). Runs on the client thread.
 */
final class Negotiation {
    /** The newest minor version of protocol 3 that pgrouter speaks. */
    static final int NEWEST_MINOR = 2;

    private static final byte[] NO = {'N'};
    private static final String EXTENSION = "_pq_.";

    private final Inbox inbox;
    private final ClientEnd client;
    private boolean tlsAsked;
    private boolean gssAsked;

    Negotiation(Inbox inbox, ClientEnd client) {
        this.inbox = inbox;
        this.client = client;
    }

    /** @return a StartupMessage or a CancelRequest; empty where the client has left without a word */
    Optional<StartupPacket> run() throws IOException, ProtocolException, SessionException {
        while (true) {
            Optional<StartupPacket> packet = read();
            if (packet.isEmpty()) {
                return packet;
            }
            switch (packet.get()) {
                case SslRequest ssl -> tlsAsked = refuseOnce(tlsAsked, StartupPacket.SSL_REQUEST);
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

    /** The minor version that is spoken from here on. */
    static int minor(StartupMessage startup) {
        return Math.min(startup.minor(), NEWEST_MINOR);
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
        List<String> unknown = startup.parameters().keySet().stream()
                .filter(name -> name.startsWith(EXTENSION))
                .toList();
        if (startup.minor() > NEWEST_MINOR || !unknown.isEmpty()) {
            client.write(BackendMessage.negotiateProtocolVersion(minor(startup), unknown));
        }
    }

    private static SessionException unsupported(int major, int minor) {
        return SessionException.unsupported("unsupported frontend protocol %d.%d: server supports 3.0 to 3.%d"
                .formatted(major, minor, NEWEST_MINOR));
    }

    private Optional<StartupPacket> read() throws IOException, ProtocolException {
        if (!inbox.await(4)) {
            return Optional.empty();
        }
        int length = inbox.intAt(0);
        if (length < StartupPacket.MINIMUM_LENGTH || length > StartupPacket.MAXIMUM_LENGTH) {
            throw new ProtocolException("invalid length of startup packet");
        }
        if (!inbox.await(length)) {
            throw new ProtocolException("incomplete startup packet");
        }
        byte[] packet = new byte[length - 4];
        System.arraycopy(inbox.array(), inbox.arrayOffset(4), packet, 0, packet.length);
        inbox.consume(length);
        return Optional.of(StartupPacket.decode(packet));
    }
}
