package pgrouter.console;

import java.util.function.Consumer;
import pgrouter.protocol.MessageBuilder;

/** Messages on their way to the client: gathered up to some size. Used by one thread. */
final class Output {
    /** What is gathered before it is written, in bytes. */
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
