package pgrouter.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import pgrouter.config.BackendTls;
import pgrouter.config.ConfigException;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;

/** pgrouter's end of TLS with backends, for one way to configure them. Immutable; any thread. */
public final class TlsClient {
    /** The handshakes with nodes take no turns from those with clients, nor the other way round. */
    private static final Handshakes HANDSHAKES = Handshakes.ofHalf();

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private static final Pattern NAME =
            Pattern.compile("LABEL(?:\\.LABEL)*".replace("LABEL", "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"));

    private final SSLContext context;
    private final BackendTls.Mode mode;

    private TlsClient(SSLContext context, BackendTls.Mode mode) {
        this.context = context;
        this.mode = mode;
    }

    /**
     * Reads the files. Blocks: not for a thread that serves clients.
     *
     * @throws ConfigException where one of them cannot be used now
     */
    static TlsClient load(BackendTls config) throws ConfigException {
        KeyManager[] keys = config.identity().isPresent()
                ? CertifiedKey.load(config.identity().get(), Instant.now()).keyManagers()
                : new KeyManager[0];
        TrustManager[] authorities = authorities(config);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, authorities, null);
            return new TlsClient(context, config.mode());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    private static TrustManager[] authorities(BackendTls config) throws ConfigException {
        if (config.authority().isPresent()) {
            return Authorities.in(config.authority().get());
        }
        return switch (config.mode()) {
            case ON, DIRECT -> Authorities.known();
            case OFF, SKIPVERIFY, REQUIRE -> Authorities.anybody();
        };
    }

    /**
     * Makes the handshake with a server that expects it, on the thread that calls. Where it fails, the wire is
     * closed.
     *
     * @param host as the configuration names it
     * @throws SSLException where one end refuses the other; the innermost cause says why
     */
    public TlsWire connect(Wire wire, Carrier carrier, String host, int port) throws IOException {
        TlsWire secured = TlsWire.open(wire, carrier, engine(host, port), HANDSHAKES, ByteBuffer.allocate(0));
        if (isDirect() && !secured.isForPostgresql()) {
            secured.close();
            throw new SSLException("the server did not say by ALPN that it speaks PostgreSQL's protocol");
        }
        return secured;
    }

    /** The engine for one connection to this host. */
    SSLEngine engine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setApplicationProtocols(new String[] {TlsWire.POSTGRESQL});
        if (isName(host)) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        if (mode == BackendTls.Mode.ON || mode == BackendTls.Mode.DIRECT) {
            // RFC 2818: the names of the certificate, wildcards among them, and an address only as an address.
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Whether the host is sent as the name of the server. An address is not (RFC 6066 section 3), nor an invalid name. */
    private static boolean isName(String host) {
        return NAME.matcher(host).matches() && !host.matches("[0-9.]+");
    }

    /** Whether TLS begins with the first byte, and not with a request for it. */
    public boolean isDirect() {
        return mode == BackendTls.Mode.DIRECT;
    }
}
