package pgrouter;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pgrouter.config.Address;
import pgrouter.config.Config;
import pgrouter.http.StatusServer;
import pgrouter.net.Listener;

/** Holds the listening sockets. They are bound first, as only root may bind some; connections wait in their queues until then. */
final class Sockets implements AutoCloseable {
    private final Map<Address, Listener> clients = new LinkedHashMap<>();
    private Optional<Listener> monitor = Optional.empty();
    private Optional<HttpServer> http = Optional.empty();

    private Sockets() {}

    /**
     * Binds every address of the configuration.
     *
     * @throws IOException if an address cannot be bound; the message names the address, and no socket stays open
     */
    static Sockets bind(Config.Fixed config) throws IOException {
        Sockets sockets = new Sockets();
        try {
            for (Address address : config.listen()) {
                sockets.clients.put(address, listener(address));
            }
            sockets.monitor = Optional.of(listener(config.monitor()));
            if (config.http().isPresent()) {
                sockets.http = Optional.of(httpServer(config.http().get()));
            }
            return sockets;
        } catch (IOException | RuntimeException e) {
            sockets.close();
            throw e;
        }
    }

    Map<Address, Listener> clients() {
        return clients;
    }

    Listener monitor() {
        return monitor.orElseThrow();
    }

    Optional<HttpServer> http() {
        return http;
    }

    private static Listener listener(Address address) throws IOException {
        return named(
                address,
                () -> address instanceof Address.Directory(Path path, int port)
                        ? Listener.bind(path, port)
                        : Listener.bind(tcp(address)));
    }

    private static HttpServer httpServer(Address address) throws IOException {
        return named(address, () -> StatusServer.bind(tcp(address)));
    }

    private static InetSocketAddress tcp(Address address) {
        return switch (address) {
            case Address.Any(int port) -> new InetSocketAddress(port);
            case Address.Host(String name, int port) -> new InetSocketAddress(name, port);
            case Address.Directory directory -> throw new IllegalArgumentException("no TCP address: " + directory);
        };
    }

    private interface Binding<T> {
        T bind() throws IOException;
    }

    private static <T> T named(Address address, Binding<T> binding) throws IOException {
        try {
            return binding.bind();
        } catch (IOException | UnresolvedAddressException e) {
            throw new IOException("cannot listen on " + address + ": " + reason(address, e), e);
        }
    }

    private static String reason(Address address, Exception e) {
        if (address instanceof Address.Directory(Path path, int port) && !Files.isDirectory(path)) {
            return "there is no such directory";
        }
        if (e instanceof BindException) {
            return e.getMessage()
                    + ": choose an address of this host, and a port that no other server has and pgrouter may use";
        }
        return e.getMessage() == null ? "the name is not known" : e.getMessage();
    }

    /** Stops listening. */
    @Override
    public void close() {
        clients.values().forEach(Listener::close);
        monitor.ifPresent(Listener::close);
        http.ifPresent(server -> server.stop(0));
        http = Optional.empty();
    }
}
