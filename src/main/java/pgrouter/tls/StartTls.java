package pgrouter.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import pgrouter.net.Carrier;
import pgrouter.net.Wire;

/** A client's wire: in the clear at first, and in TLS after both ends have agreed to that. */
public final class StartTls implements Wire {
    private final Wire clear;
    private final Carrier carrier;
    private volatile Wire now;

    public StartTls(Wire clear, Carrier carrier) {
        this.clear = clear;
        this.carrier = carrier;
        this.now = clear;
    }

    /**
     * Makes the handshake, on the thread that reads. Where it fails, the client gets an alert, and the wire is
     * closed.
     *
     * @param already the bytes of the handshake that were read already
     */
    public TlsWire accept(TlsServer server, ByteBuffer already) throws IOException {
        TlsWire secured = server.accept(clear, carrier, already);
        now = secured;
        return secured;
    }

    @Override
    public void awaitInput() throws IOException {
        now.awaitInput();
    }

    @Override
    public boolean awaitInputOrDismissal() throws IOException {
        return now.awaitInputOrDismissal();
    }

    @Override
    public boolean awaitInputUnless(BooleanSupplier over) throws IOException {
        return now.awaitInputUnless(over);
    }

    @Override
    public void dismiss() {
        now.dismiss();
    }

    @Override
    public boolean onInput(Runnable task) {
        return now.onInput(task);
    }

    @Override
    public boolean takeOver() {
        return now.takeOver();
    }

    @Override
    public boolean awaitsInput() {
        return now.awaitsInput();
    }

    @Override
    public int readNow(ByteBuffer into) throws IOException {
        return now.readNow(into);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return now.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        now.write(from);
    }

    @Override
    public boolean isQuiet() {
        return now.isQuiet();
    }

    @Override
    public Optional<InetAddress> peer() throws IOException {
        return now.peer();
    }

    @Override
    public void close() {
        now.close();
    }
}
