package pgrouter.backend;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import pgrouter.config.Address;
import pgrouter.config.Backend;
import pgrouter.net.Carrier;
import pgrouter.net.Dialer;
import pgrouter.net.Wire;
import pgrouter.protocol.FrontendMessage;
import pgrouter.tls.TlsClient;
import pgrouter.tls.TlsWire;

/**
 * A connection to a server before the login: dialled, and in TLS where the configuration wants that. Over a
 * Unix-domain socket PostgreSQL has no TLS.
 *
 * @param endPoint the hash of the server's certificate, by which SCRAM can be bound to the connection
 */
record Transport(Wire wire, Optional<byte[]> endPoint) {
    /**
     * Dials and makes the handshake, on the thread that calls.
     *
     * @param tls the TLS client, for a backend that is configured for TLS
     * @param progress is told of the connection, and again of its encryption
     */
    static Transport open(Backend backend, Carrier carrier, Optional<TlsClient> tls, Consumer<Wire> progress)
            throws IOException {
        return switch (backend.address()) {
            case Address.Host(String name, int port) -> {
                Wire wire = Dialer.dial(name, port, carrier);
                progress.accept(wire);
                yield tls.isPresent() ? secured(wire, carrier, tls.get(), name, port, progress) : clear(wire);
            }
            case Address.Directory(Path path, int port) -> {
                Wire wire = Dialer.dial(path, port, carrier);
                progress.accept(wire);
                yield clear(wire);
            }
            case Address.Any any -> throw new IOException(any + " is an address to listen on");
        };
    }

    private static Transport clear(Wire wire) {
        return new Transport(wire, Optional.empty());
    }

    private static Transport secured(
            Wire wire, Carrier carrier, TlsClient tls, String name, int port, Consumer<Wire> progress)
            throws IOException {
        try {
            if (!tls.isDirect()) {
                ask(wire);
            }
            TlsWire secured = tls.connect(wire, carrier, name, port);
            progress.accept(secured);
            return new Transport(secured, secured.endPoint());
        } catch (SSLException e) {
            throw new IOException("TLS failed: " + root(e).getMessage(), e);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /**
     * Reads not a byte more than the answer. Bytes that somebody has injected after it go to the handshake, and break
     * it (CVE-2021-23222).
     */
    private static void ask(Wire wire) throws IOException {
        wire.write(ByteBuffer.wrap(FrontendMessage.sslRequest()));
        ByteBuffer answer = ByteBuffer.allocate(1);
        if (wire.read(answer) < 0) {
            throw new EOFException("the server closed the connection when it was asked for TLS");
        }
        switch (answer.get(0)) {
            case 'S' -> {}
            case 'N' -> throw new NoTlsException();
            default -> throw new IOException("the server answered the request for TLS with neither yes nor no");
        }
    }

    /** Finds the innermost cause: the JDK wraps the error of a certificate several times. */
    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }
}
