package pgrouter.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import pgrouter.net.Buffer;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;

/**
 * TLS over another wire. The caller gets it after the handshake. Received records are decrypted into the reader's own
 * buffer where that has room for a record. While nothing arrives and nothing is written, no buffer is held.
 */
public final class TlsWire implements Wire {
    /** PostgreSQL's protocol among IANA's ALPN protocol IDs. */
    static final String POSTGRESQL = "postgresql";

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The time that the kernel may take to accept the last records for a peer. */
    private static final Duration FAREWELL = Duration.ofMillis(200);

    /** After a failure the engine throws once more before it gives the alert. */
    private static final int LAST_WORDS = 3;

    /**
     * The maximum of records in a row without data, as new keys and tickets are. Each costs pgrouter as much as a
     * small request, and the peer next to nothing (BoringSSL's kMaxKeyUpdates and kMaxEmptyRecords).
     */
    private static final int MOST_WITHOUT_DATA = 32;

    /** The maximum of records in a handshake, whose messages have 32 kB at most. No peer makes records as small as this allows. */
    private static final int MOST_OF_HANDSHAKE = 1000;

    private final Wire below;
    private final Carrier carrier;
    private final SSLEngine engine;

    /** Held while records are made and written, so that they are written in the order in which they are made. */
    private final ReentrantLock writing = new ReentrantLock();

    /** The bytes that were received and not decrypted yet. Reading thread only. */
    private final RecordBuffer received;

    /** The decrypted bytes that had no room in the reader's buffer. Reading thread only. */
    private final RecordBuffer opened;

    /** The number of records since the last one with data. Reading thread only. */
    private int withoutData;

    /** Whether the peer has ended its stream. Reading thread only. */
    private boolean ended;

    private TlsWire(Wire below, Carrier carrier, SSLEngine engine) {
        this.below = below;
        this.carrier = carrier;
        this.engine = engine;
        this.received = new RecordBuffer(carrier);
        this.opened = new RecordBuffer(carrier);
    }

    /**
     * Makes the handshake, on the thread that calls. Where it fails, the peer gets an alert, and the wire below is
     * closed.
     *
     * @param already the bytes of the handshake that were read from the wire below already
     */
    static TlsWire open(Wire below, Carrier carrier, SSLEngine engine, Handshakes handshakes, ByteBuffer already)
            throws IOException {
        TlsWire wire = new TlsWire(below, carrier, engine);
        try {
            wire.received.fill(buffer -> buffer.put(already));
            wire.handshake(handshakes);
            return wire;
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    private void handshake(Handshakes handshakes) throws IOException {
        engine.beginHandshake();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks(handshakes);
                case NEED_WRAP -> answer();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> opened.fill(this::readHandshake);
                case FINISHED, NOT_HANDSHAKING -> {
                    withoutData = 0;
                    opened.rest();
                    return;
                }
            }
        }
    }

    private void readHandshake(ByteBuffer into) throws IOException {
        SSLEngineResult result = engine.unwrap(received.unread(), into);
        expectData(result, MOST_OF_HANDSHAKE);
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> receive();
            case CLOSED -> throw new SSLException("the peer has closed the connection during the handshake");
            case OK, BUFFER_OVERFLOW -> {}
        }
    }

    /** Runs the tasks of the engine elsewhere: signatures and the checks of certificates take too long for a carrier. */
    private void runTasks(Handshakes handshakes) throws IOException {
        try {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                handshakes.compute(task, this::expectPeer);
            }
        } catch (ExecutionException e) {
            throw new IOException("the TLS handshake failed by a fault: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during the TLS handshake", e);
        }
    }

    /** Throws where the peer has left while its handshake waited for its turn, so that it costs no more. */
    private void expectPeer() throws IOException {
        if (received.hasRoom()) {
            receive(below::readNow);
        }
    }

    /** The certificate that the peer has shown; empty where it has shown none. */
    public Optional<X509Certificate> peerCertificate() {
        try {
            return Optional.of((X509Certificate) engine.getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }

    /** The hash of the peer's certificate that binds a channel to it ({@code tls-server-end-point}), where the peer is the server. */
    public Optional<byte[]> endPoint() {
        return peerCertificate().flatMap(EndPoint::binding);
    }

    /** Protocol and cipher, as {@code TLSv1.3 TLS_AES_256_GCM_SHA384}. */
    public String suite() {
        return engine.getSession().getProtocol() + " " + engine.getSession().getCipherSuite();
    }

    /** Whether both ends have agreed on PostgreSQL's protocol by ALPN (RFC 7301). */
    public boolean isForPostgresql() {
        return POSTGRESQL.equals(engine.getApplicationProtocol());
    }

    @Override
    public void awaitInput() throws IOException {
        if (isAtRest()) {
            received.rest();
            below.awaitInput();
        }
    }

    /** Whether nothing can be read before more bytes have come. */
    private boolean isAtRest() {
        return !ended && opened.isEmpty() && !received.hasRecord();
    }

    @Override
    public boolean awaitInputOrDismissal() throws IOException {
        if (!isAtRest()) {
            return true;
        }
        received.rest();
        return below.awaitInputOrDismissal();
    }

    @Override
    public boolean awaitInputUnless(BooleanSupplier over) throws IOException {
        if (!isAtRest()) {
            return true;
        }
        received.rest();
        return below.awaitInputUnless(over);
    }

    @Override
    public void dismiss() {
        below.dismiss();
    }

    @Override
    public boolean onInput(Runnable task) {
        if (!isAtRest()) {
            return false;
        }
        received.rest();
        return below.onInput(task);
    }

    @Override
    public boolean takeOver() {
        return below.takeOver();
    }

    @Override
    public boolean awaitsInput() {
        return below.awaitsInput();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int start = into.position();
        opened.moveTo(into);
        while (into.position() == start && !ended) {
            if (decrypt(into) == Status.BUFFER_OVERFLOW) {
                opened.fill(this::decrypt);
                opened.moveTo(into);
            }
        }
        takeRecords(into);
        return into.position() == start ? -1 : into.position() - start;
    }

    /** Decrypts the complete records that have room. */
    private void takeRecords(ByteBuffer into) throws IOException {
        while (received.hasRecord() && into.hasRemaining() && unwrap(into) == Status.OK) {}
        received.rest();
        opened.rest();
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        int start = into.position();
        opened.moveTo(into);
        boolean more = true;
        while (into.position() == start && into.hasRemaining() && !ended && more) {
            Status status = unwrap(into);
            if (status == Status.BUFFER_OVERFLOW) {
                status = unwrapApart();
                opened.moveTo(into);
            }
            more = status != Status.BUFFER_UNDERFLOW || receive(below::readNow) > 0;
        }
        takeRecords(into);
        return into.position() == start && ended ? -1 : into.position() - start;
    }

    /** Decrypts into a buffer that has room for any record: without the room the engine does not detect whether a record is complete. */
    private Status unwrapApart() throws IOException {
        AtomicReference<Status> status = new AtomicReference<>();
        opened.fill(buffer -> status.set(unwrap(buffer)));
        return status.get();
    }

    /** Decrypts a record. Waits where it is not complete. The engine may want room for it before. */
    private Status decrypt(ByteBuffer into) throws IOException {
        Status status = unwrap(into);
        if (status == Status.BUFFER_UNDERFLOW) {
            receive();
        }
        return status;
    }

    private Status unwrap(ByteBuffer into) throws IOException {
        SSLEngineResult result = engine.unwrap(received.unread(), into);
        expectData(result, MOST_WITHOUT_DATA);
        switch (result.getStatus()) {
            case OK -> attend(result.getHandshakeStatus());
            case CLOSED -> ended = true;
            case BUFFER_UNDERFLOW, BUFFER_OVERFLOW -> {}
        }
        return result.getStatus();
    }

    private void expectData(SSLEngineResult result, int most) throws SSLException {
        if (result.bytesProduced() > 0) {
            withoutData = 0;
        } else if (result.bytesConsumed() > 0 && ++withoutData > most) {
            throw new SSLException("the peer has sent more than " + most + " records without data");
        }
    }

    /**
     * Handles messages after the handshake. TLS 1.3 has tickets and new keys. In TLS 1.2 only another handshake could
     * come, which no peer may begin.
     */
    private void attend(HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
            return;
        }
        if (!engine.getSession().getProtocol().equals("TLSv1.3")) {
            throw new SSLException("the peer asks for a renegotiation, which is refused");
        }
        // A thread that is writing sends the answer along: nothing else may be encrypted before it.
        if (writing.tryLock()) {
            try {
                answer();
            } finally {
                writing.unlock();
            }
        }
    }

    /** Receives bytes. Waits without a buffer where no bytes are left over. */
    private void receive() throws IOException {
        if (received.isEmpty()) {
            received.rest();
            below.awaitInput();
        }
        receive(below::read);
    }

    /** A way to read from the wire below. */
    private interface Reading {
        int read(ByteBuffer into) throws IOException;
    }

    /** @return the number of bytes that have come */
    private int receive(Reading reading) throws IOException {
        int before = received.unread().remaining();
        received.fill(buffer -> {
            if (reading.read(buffer) < 0) {
                throw new EOFException("the peer has ended the connection without TLS's close_notify");
            }
        });
        return received.unread().remaining() - before;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        writing.lock();
        try {
            Buffer packet = carrier.borrow(RecordBuffer.CAPACITY);
            while (from.hasRemaining()) {
                write(from, packet.view());
            }
            carrier.giveBack(packet);
        } finally {
            writing.unlock();
        }
    }

    /** Writes the messages of the engine itself. */
    private void answer() throws IOException {
        Buffer packet = carrier.borrow(RecordBuffer.CAPACITY);
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            write(NOTHING, packet.view());
        }
        carrier.giveBack(packet);
    }

    /** Writes one record. */
    private void write(ByteBuffer from, ByteBuffer packet) throws IOException {
        SSLEngineResult result = engine.wrap(from, packet.clear());
        if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
            throw new SSLException("the TLS connection is closed");
        }
        below.write(packet.flip());
    }

    /** A record without data for the reader counts as input. */
    @Override
    public boolean isQuiet() {
        return !ended && opened.isEmpty() && received.isEmpty() && below.isQuiet();
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return below.peer();
    }

    /** Sends close_notify where no thread has to wait for that: not while another one writes. */
    @Override
    public void close() {
        if (writing.tryLock()) {
            try {
                sayGoodbye();
            } finally {
                writing.unlock();
            }
        }
        below.close();
    }

    private void sayGoodbye() {
        engine.closeOutbound();
        ByteBuffer words = ByteBuffer.allocate(LAST_WORDS * engine.getSession().getPacketBufferSize());
        for (int i = 0; i < LAST_WORDS && !engine.isOutboundDone(); i++) {
            try {
                engine.wrap(NOTHING, words);
            } catch (SSLException whyItFailed) {
                // Already reported to the caller of the handshake.
            }
        }
        if (words.flip().hasRemaining()) {
            offer(words);
        }
    }

    /**
     * Writes the last records on another thread and waits for a limited time, since a peer that reads nothing could
     * block the writer for ever.
     */
    private void offer(ByteBuffer words) {
        Thread writer = carrier.start("farewell", () -> {
            try {
                below.write(words);
            } catch (IOException gone) {
                // The peer is gone.
            }
        });
        try {
            writer.join(FAREWELL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
