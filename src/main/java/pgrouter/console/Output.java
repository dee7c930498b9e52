package pgrouter.console;

import java.util.function.Consumer;
import pgrouter.protocol.MessageBuilder;

/** Messages to the client, gathered up to some size. One thread. */
final class Output {
    /** The size of the gathered messages at which they are written, in bytes. */
    private static final int ENOUGH = 32 * 1024;

    private final Consumer<byte[]> client;
    private MessageBuilder gathered = new MessageBuilder();

    Output(Consumer<byte[]> client) {
        this.client = client;
    }

    void add(byte[] message) {
        gathered.bytes(message);
        if (gathered.length() > ENOUGH) {
            flush();
        }
    }

    void flush() {
        if (!gathered.isEmpty()) {
            client.accept(gathered.toByteArray());
            gathered = new MessageBuilder();
        }
    }
}
