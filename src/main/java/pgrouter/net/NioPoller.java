package pgrouter.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** A {@link Poller} over the JDK's selector. */
final class NioPoller implements Poller {
    private final Selector selector;
    private final Consumer<SelectionKey> ready = NioPoller::ready;

    private NioPoller(Selector selector) {
        this.selector = selector;
    }

    static NioPoller open() throws IOException {
        return new NioPoller(Selector.open());
    }

    static void reach(SocketAddress address) throws IOException {
        SocketChannel.open(address).close();
    }

    @Override
    public PolledSocket connect(SocketAddress address) throws IOException {
        return register(SocketChannel.open(address));
    }

    @Override
    public PolledSocket adopt(AcceptedSocket accepted) throws IOException {
        return register(((NioAcceptedSocket) accepted).channel());
    }

    private PolledSocket register(SocketChannel channel) throws IOException {
        try {
            NioSocketOptions.set(channel);
            channel.configureBlocking(false);
            NioSocket socket = new NioSocket(channel, channel.register(selector, 0));
            socket.attach();
            return socket;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void ready(SelectionKey key) {
        ((NioSocket) key.attachment()).ready();
    }

    @Override
    public void poll() throws IOException {
        selector.select(ready);
    }

    @Override
    public void pollNow() throws IOException {
        selector.selectNow(ready);
    }

    @Override
    public void wakeup() {
        selector.wakeup();
    }
}
