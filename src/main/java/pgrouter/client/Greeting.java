package pgrouter.client;

import java.util.Map;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.MessageBuilder;

/**
 * The messages by which a client learns that it has logged in: the parameters, the key of its cancel requests, and that
 * its first request may come. Client thread only.
 */
public final class Greeting {
    private final ClientConnection connection;
    private final byte[] secret;
    private final Runnable loggedIn;

    /** @param loggedIn is run before the client knows */
    Greeting(ClientConnection connection, byte[] secret, Runnable loggedIn) {
        this.connection = connection;
        this.secret = secret;
        this.loggedIn = loggedIn;
    }

    /** The secret of the key, which is registered before the client gets it. */
    public byte[] secret() {
        return secret;
    }

    /** @param processId of the key */
    public void send(Map<String, String> parameters, int processId) {
        MessageBuilder greeting = new MessageBuilder();
        greeting.bytes(BackendMessage.authenticationOk());
        parameters.forEach((name, value) -> greeting.bytes(BackendMessage.parameterStatus(name, value)));
        greeting.bytes(BackendMessage.backendKeyData(processId, secret));
        greeting.bytes(BackendMessage.readyForQuery((byte) 'I'));
        connection.visitor().loggedIn();
        loggedIn.run();
        connection.end().write(greeting.toByteArray());
    }
}
