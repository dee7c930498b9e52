package pgrouter.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import pgrouter.config.BackendTls;
import pgrouter.config.ConfigException;
import pgrouter.config.Tls;
import pgrouter.config.TlsProtocol;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;
import pgrouter.testing.TlsFiles;

/** A connection whose one end is a {@link TlsWire} and whose other end is the JDK's own TLS over a socket that blocks. */
record Ends(TlsWire ours, SSLSocket theirs, Socket raw) implements AutoCloseable {
    /** All certificates of the tests were valid then, the expired one too. */
    private static final Instant ONCE = Instant.parse("2020-01-01T12:00:00Z");

    /** What can be asked of the peer before the handshake. */
    interface Setting {
        void apply(SSLSocket socket) throws IOException;
    }

    static TlsServer server(String identity) throws ConfigException {
        return TlsServer.load(new Tls(
                TlsFiles.identity(identity),
                Optional.of(TlsFiles.authority("ca.crt")),
                Optional.empty(),
                EnumSet.allOf(TlsProtocol.class),
                false));
    }

    static TlsClient client(BackendTls.Mode mode, String ca) throws ConfigException {
        return TlsClient.load(new BackendTls(mode, Optional.of(TlsFiles.authority(ca)), Optional.empty()));
    }

    /** The JDK's end, with a certificate of its own or without one. */
    static SSLContext context(String identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                identity.isEmpty()
                        ? null
                        : CertifiedKey.load(TlsFiles.identity(identity), ONCE).keyManagers(),
                Authorities.in(TlsFiles.authority("ca.crt")),
                null);
        return context;
    }

    /** We are the server, and the client shows no certificate. */
    static Ends accepted(Carrier carrier, TlsServer server, UnaryOperator<Wire> between, Setting setting)
            throws Exception {
        return accepted(carrier, server, "", between, setting);
    }

    static Ends accepted(
            Carrier carrier, TlsServer server, String identity, UnaryOperator<Wire> between, Setting setting)
            throws Exception {
        return connected(
                carrier,
                wire -> server.accept(between.apply(wire), carrier, ByteBuffer.allocate(0)),
                context(identity),
                true,
                setting);
    }

    /** We are the client of a server with this certificate. */
    static Ends dialled(
            Carrier carrier, TlsClient client, String identity, UnaryOperator<Wire> between, Setting setting)
            throws Exception {
        return connected(
                carrier,
                wire -> TlsWire.open(
                        between.apply(wire),
                        carrier,
                        client.engine("localhost", 5432),
                        Handshakes.ofHalf(),
                        ByteBuffer.allocate(0)),
                context(identity),
                false,
                setting);
    }

    private interface Opening {
        TlsWire open(Wire wire) throws IOException;
    }

    private static Ends connected(
            Carrier carrier, Opening opening, SSLContext peer, boolean peerIsClient, Setting setting) throws Exception {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Wire wire = carrier.connect(listening.getLocalAddress());
            SocketChannel raw = listening.accept();
            CompletableFuture<TlsWire> ours = new CompletableFuture<>();
            carrier.start("handshake", () -> complete(ours, opening, wire));
            SSLSocket theirs = (SSLSocket) peer.getSocketFactory().createSocket(raw.socket(), "localhost", 5432, true);
            theirs.setUseClientMode(peerIsClient);
            theirs.setSoTimeout(30_000);
            try {
                setting.apply(theirs);
                theirs.startHandshake();
                return new Ends(ours.get(), theirs, raw.socket());
            } catch (IOException | ExecutionException e) {
                raw.close();
                String own =
                        ours.handle((made, failure) -> String.valueOf(failure)).get(30, TimeUnit.SECONDS);
                throw new IOException("ours: " + own + "; theirs: " + e.getMessage(), e);
            }
        }
    }

    private static void complete(CompletableFuture<TlsWire> ours, Opening opening, Wire wire) {
        try {
            ours.complete(opening.open(wire));
        } catch (IOException | RuntimeException e) {
            ours.completeExceptionally(e);
        }
    }

    @Override
    public void close() throws IOException {
        ours.close();
        theirs.close();
    }
}
