package pgrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import pgrouter.auth.Md5Password;
import pgrouter.auth.ScramClient;
import pgrouter.auth.ScramException;
import pgrouter.auth.ScramServer;
import pgrouter.protocol.FrontendMessage;
import pgrouter.protocol.FrontendTag;

/** A client that sends any bytes and reads message by message. Used by one thread at a time. */
public final class FakeClient implements Closeable {
    public static final int PROTOCOL_3_0 = 3 << 16;

    /** The first request of an authentication by SCRAM, which has a second one. */
    private static final int SASL = 10;

    private Line line;
    private byte[] key = {};
    private ScramClient scram = new ScramClient("", () -> "unused");

    private FakeClient(Line line) {
        this.line = line;
    }

    public static FakeClient dial(int port) throws IOException {
        return new FakeClient(Line.dial(port));
    }

    /** A client whose reads may take a minute each: of real servers, and of large messages. */
    public static FakeClient dialPatiently(int port) throws IOException {
        Line line = Line.dial(port);
        line.patience(60_000);
        return new FakeClient(line);
    }

    /** Over streams that somebody else closes. */
    public static FakeClient over(InputStream in, OutputStream out) {
        return new FakeClient(new Line(in, out));
    }

    /**
     * Makes the handshake of TLS: what is sent and read from here on is within it.
     *
     * @param protocols to ask for by ALPN
     */
    public void secure(SSLContext context, String... protocols) throws IOException {
        line = line.secured(context, protocols);
    }

    /** Starts up and gives the password; everything up to the first ReadyForQuery, or the error. */
    public List<String> logIn(int version, Map<String, String> parameters, String password) throws IOException {
        send(Frontend.startup(version, parameters));
        List<String> greeting = new ArrayList<>();
        while (true) {
            Message message = line.read();
            greeting.add(message.fromServer());
            switch (message.tag()) {
                case 'R' -> authenticate(message.body(), parameters.get("user"), password);
                case 'K' -> key = message.body();
                case 'Z', 'E' -> {
                    return greeting;
                }
                default -> {}
            }
        }
    }

    /** MD5, or SCRAM where the server asks for it. */
    private void authenticate(byte[] request, String user, String password) throws IOException {
        switch (request[3]) {
            case 5 -> {
                byte[] salt = Arrays.copyOfRange(request, 4, 8);
                String response = Md5Password.response(Md5Password.hash(user, password), salt);
                send(Frontend.message(FrontendTag.PASSWORD, Frontend.zeroEnded(response)));
            }
            case SASL -> {
                scram = new ScramClient(password, () -> "nonce-of-a-fake-client");
                send(FrontendMessage.saslInitialResponse(ScramServer.MECHANISM, utf8(scram.first())));
            }
            case 11 -> send(FrontendMessage.saslResponse(utf8(answer(request))));
            default -> {}
        }
    }

    private String answer(byte[] request) {
        try {
            return scram.answer(new String(request, 4, request.length - 4, StandardCharsets.UTF_8));
        } catch (ScramException e) {
            throw new AssertionError("the server's SCRAM message", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Logs in up to the password, whatever then comes of it. */
    public void sendLogIn(Map<String, String> parameters, String password) throws IOException {
        send(Frontend.startup(PROTOCOL_3_0, parameters));
        byte[] request = line.read().body();
        authenticate(request, parameters.get("user"), password);
        if (request[3] == SASL) {
            authenticate(line.read().body(), parameters.get("user"), password);
        }
    }

    /** The body of BackendKeyData: process id and secret. */
    public byte[] key() {
        return key.clone();
    }

    public void send(byte[]... messages) throws IOException {
        line.send(messages);
    }

    /** Each piece in a write of its own. */
    public void sendSplit(byte[] bytes, int at) throws IOException {
        line.send(Arrays.copyOfRange(bytes, 0, at));
        line.send(Arrays.copyOfRange(bytes, at, bytes.length));
    }

    public byte readByte() throws IOException {
        return line.readByte();
    }

    public Message readMessage() throws IOException {
        return line.read();
    }

    /** Reads over a message of any size; its length field. */
    public int skipMessage() throws IOException {
        return line.skip();
    }

    public String read() throws IOException {
        return line.read().fromServer();
    }

    /** What comes up to and with the next ReadyForQuery. */
    public List<String> reply() throws IOException {
        List<String> reply = new ArrayList<>();
        do {
            reply.add(read());
        } while (!reply.getLast().startsWith("Ready"));
        return reply;
    }

    /** Reads as many messages as there are lines and compares them ({@link Message#fromServer}). */
    public void expect(String... messages) throws IOException {
        for (String message : messages) {
            assertThat(read()).isEqualTo(message);
        }
    }

    /** Ends the stream towards pgrouter. */
    public void finish() throws IOException {
        line.finish();
    }

    /** Ends the connection at once (RST): what pgrouter writes from now on fails. */
    public void reset() throws IOException {
        line.reset();
    }

    public void expectEnd() throws IOException {
        line.expectEnd();
    }

    @Override
    public void close() {
        line.close();
    }
}
