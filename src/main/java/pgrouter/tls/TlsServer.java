package pgrouter.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import pgrouter.config.Ciphers;
import pgrouter.config.ConfigException;
import pgrouter.config.Tls;
import pgrouter.config.TlsProtocol;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;

/** pgrouter's end of TLS with clients: one certificate, and the other settings of the configuration. Immutable; any thread. */
public final class TlsServer {
    /** The handshakes with clients, which anybody may begin. */
    private static final Handshakes HANDSHAKES = Handshakes.ofHalf();

    /** In seconds. A ticket of TLS 1.3 lives for seven days at most (RFC 8446 section 4.6.1): for longer the JDK makes none. */
    private static final int TOO_LONG_FOR_TICKETS = Integer.MAX_VALUE;

    static {
        // Tickets of TLS 1.2. The JDK reads this for each context.
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    }

    private final SSLContext context;
    private final SSLParameters parameters;
    private final Optional<byte[]> binding;
    private final boolean required;

    private TlsServer(SSLContext context, SSLParameters parameters, Optional<byte[]> binding, boolean required) {
        this.context = context;
        this.parameters = parameters;
        this.binding = binding;
        this.required = required;
    }

    /**
     * Reads the files. Blocks: not for a thread that serves clients.
     *
     * @throws ConfigException where one of them cannot be used now, or the ciphers select nothing
     */
    static TlsServer load(Tls config) throws ConfigException {
        CertifiedKey key = CertifiedKey.load(config.identity(), Instant.now());
        TrustManager[] clients = config.authority().isPresent()
                ? Authorities.in(config.authority().get())
                : new TrustManager[0];
        SSLContext context = context(key, clients);
        return new TlsServer(context, parameters(config, context), EndPoint.binding(key.own()), config.required());
    }

    private static SSLContext context(CertifiedKey key, TrustManager[] clients) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(key.keyManagers(), clients, null);
            resumeNone(context.getServerSessionContext());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    /**
     * Disables resumption, as PostgreSQL does ({@code be_tls_init} of be-secure-openssl.c): a resumed session would
     * outlive the certificate of its client.
     */
    private static void resumeNone(SSLSessionContext sessions) {
        sessions.setSessionTimeout(TOO_LONG_FOR_TICKETS);
        sessions.setSessionCacheSize(1);
    }

    private static SSLParameters parameters(Tls config, SSLContext context) throws ConfigException {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(names(config.protocols()));
        parameters.setUseCipherSuitesOrder(true);
        // A protocol that the client asks for and that is not this one ends the handshake, as it does in alpn_cb of
        // be-secure-openssl.c.
        parameters.setApplicationProtocols(new String[] {TlsWire.POSTGRESQL});
        // A client without a certificate is accepted here: the login decides about requirements.
        parameters.setWantClientAuth(config.authority().isPresent());
        if (config.ciphers().isPresent()) {
            parameters.setCipherSuites(
                    suites(config.ciphers().get(), config.protocols(), parameters.getCipherSuites()));
        }
        return parameters;
    }

    private static String[] names(Set<TlsProtocol> protocols) {
        return protocols.stream().map(TlsProtocol::protocolName).toArray(String[]::new);
    }

    private static String[] suites(Ciphers ciphers, Set<TlsProtocol> protocols, String[] available)
            throws ConfigException {
        try {
            List<String> usable = Stream.of(available)
                    .filter(name -> protocols.contains(
                            CipherSuite.of(name).isPresent() ? TlsProtocol.TLS_1_2 : TlsProtocol.TLS_1_3))
                    .toList();
            return CipherList.select(ciphers.list(), usable).toArray(String[]::new);
        } catch (CipherList.Refused e) {
            throw new ConfigException(List.of(ciphers.problem(e.getMessage())));
        }
    }

    /**
     * Makes the handshake with a client, on the thread that reads. Where it fails, the client gets an alert, and the
     * wire is closed.
     *
     * @param already the bytes of the handshake that were read already
     */
    TlsWire accept(Wire wire, Carrier carrier, ByteBuffer already) throws IOException {
        SSLEngine engine = engine();
        TlsWire secured = TlsWire.open(wire, carrier, engine, HANDSHAKES, already);
        engine.getSession().invalidate();
        return secured;
    }

    /** The engine for one connection. */
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** {@code tls-server-end-point} of this server, where its certificate has one. */
    public Optional<byte[]> binding() {
        return binding.map(byte[]::clone);
    }

    /** Whether clients without TLS are refused. */
    public boolean isRequired() {
        return required;
    }
}
