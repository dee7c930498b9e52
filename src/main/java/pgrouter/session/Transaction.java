package pgrouter.session;

import java.util.Optional;
import pgrouter.config.Address;
import pgrouter.exchange.Relay;

/** The transaction that the client is in, and its server. Immutable; {@link RequestExecution} alone changes it. */
sealed interface Transaction {
    /** The client is in no transaction. */
    record None() implements Transaction {
        static final None INSTANCE = new None();
    }

    /**
     * The transaction is open.
     *
     * @param begin the message that has opened it on a standby, as long as nothing else was done in it
     * @param failed whether it had failed when its last request was answered
     * @param unproved the standby where it has read what the primary does not answer any more: it must not write
     */
    record Open(Relay server, Optional<byte[]> begin, boolean failed, Optional<Address> unproved)
            implements Transaction {
        static Open on(Relay server) {
            return new Open(server, Optional.empty(), false, Optional.empty());
        }

        static Open failedOn(Relay server) {
            return new Open(server, Optional.empty(), true, Optional.empty());
        }

        boolean isAtReader() {
            return !server.isWriter();
        }
    }

    /**
     * The transaction is open on a standby, and goes on on the primary where it has to.
     *
     * @param failed whether it had failed when its last request was answered
     */
    record Optimistic(Relay standby, Transcript transcript, boolean failed) implements Transaction {}

    /**
     * The transaction was lost with its server: PostgreSQL itself answers the client's next request, from a failed
     * transaction.
     */
    record Lost() implements Transaction {
        static final Lost INSTANCE = new Lost();
    }

    /** Whether the client is in a transaction, as far as it knows. */
    default boolean isOpen() {
        return !(this instanceof None);
    }

    /** Whether it had failed when its last request was answered. */
    default boolean hasFailed() {
        return switch (this) {
            case Open open -> open.failed();
            case Optimistic optimistic -> optimistic.failed();
            case None none -> false;
            case Lost lost -> false;
        };
    }
}
