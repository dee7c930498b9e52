package pgrouter.net;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.Channel;
import java.util.Locale;
import java.util.Optional;

/**
 * The number of the descriptor that a channel of the JDK has. The JDK tells it to its own classes
 * ({@code sun.nio.ch.SelChImpl}); the jar's manifest opens these ({@code Add-Opens: java.base/sun.nio.ch}).
 */
final class EpollDescriptor {
    private static final Optional<MethodHandle> NUMBER = number();

    private EpollDescriptor() {}

    /** Whether this system is Linux, and this JDK tells the numbers. */
    static boolean isKnown() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux") && NUMBER.isPresent();
    }

    static int of(Channel channel) throws IOException {
        try {
            return (int) NUMBER.orElseThrow().invoke(channel);
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    private static Optional<MethodHandle> number() {
        try {
            Class<?> type = Class.forName("sun.nio.ch.SelChImpl");
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            return Optional.of(lookup.findVirtual(type, "getFDVal", MethodType.methodType(int.class)));
        } catch (ReflectiveOperationException | RuntimeException notHere) {
            return Optional.empty();
        }
    }
}
