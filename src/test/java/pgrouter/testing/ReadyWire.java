package pgrouter.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import pgrouter.net.Wire;

/** A wire without a peer that could keep a thread waiting: something can always be read, if only the end. */
public interface ReadyWire extends Wire {
    @Override
    default void awaitInput() {}

    @Override
    default boolean awaitInputOrDismissal() {
        return true;
    }

    @Override
    default boolean awaitInputUnless(BooleanSupplier over) {
        return true;
    }

    @Override
    default void dismiss() {}

    @Override
    default boolean onInput(Runnable task) {
        return false;
    }

    @Override
    default boolean takeOver() {
        return false;
    }

    @Override
    default boolean awaitsInput() {
        return false;
    }

    @Override
    default int readNow(ByteBuffer into) throws IOException {
        return read(into);
    }

    @Override
    default boolean isQuiet() {
        return false;
    }

    @Override
    default Optional<InetAddress> peer() {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
