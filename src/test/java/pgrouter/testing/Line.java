package pgrouter.testing;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One loopback connection whose every read has a deadline. Used by one thread at a time. */
final class Line implements Closeable {
    private static final int DEADLINE_MILLIS = 5_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    Line(Socket socket) throws IOException {
        this(socket, socket.getInputStream(), socket.getOutputStream());
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    /** Over streams that somebody else closes; without a deadline, and only to send and to read. */
    Line(InputStream in, OutputStream out) {
        this(new Socket(), in, out);
    }

    private Line(Socket socket, InputStream in, OutputStream out) {
        this.socket = socket;
        this.in = new DataInputStream(in);
        this.out = out;
    }

    /**
     * Goes on in TLS, as the client.
     *
     * @param protocols to ask for by ALPN
     */
    Line secured(SSLContext context, String... protocols) throws IOException {
        SSLSocket tls =
                (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return new Line(tls);
    }

    /** For reads that take their time; 0 is without end. */
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    static Line dial(int port) throws IOException {
        return new Line(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    void send(byte[]... messages) throws IOException {
        out.write(Frontend.join(messages));
    }

    byte readByte() throws IOException {
        return in.readByte();
    }

    byte[] readBytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    Message read() throws IOException {
        byte tag = in.readByte();
        return new Message(tag, in.readNBytes(in.readInt() - 4));
    }

    /**
     * Reads over a message of any size.
     *
     * @return its length field
     */
    int skip() throws IOException {
        in.readByte();
        int length = in.readInt();
        in.skipNBytes(length - 4L);
        return length;
    }

    /** A packet of the startup phase, without its length. */
    byte[] readUntagged() throws IOException {
        return in.readNBytes(in.readInt() - 4);
    }

    /** Waits for the end of the stream; whatever comes before it fails. */
    void expectEnd() throws IOException {
        try {
            byte more = in.readByte();
            throw new AssertionError("expected the end of the connection, got '" + (char) more + "' and "
                    + in.available() + " more bytes");
        } catch (EOFException | SocketException end) {
            return;
        }
    }

    /** Ends the stream towards the peer; what the peer says can still be read. */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection as the kernel does for a process that has died with something unread (RST). */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // The descriptor is released either way.
        }
    }
}
