package pgrouter.session;

import java.util.Optional;
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
     */
    record Open(Relay server, Optional<byte[]> begin, boolean failed) implements Transaction {
        static Open on(Relay server) {
            return new Open(server, Optional.empty(), false);
        }

        static Open failedOn(Relay server) {
            return new Open(server, Optional.empty(), true);
        }

        boolean isAtReader() {
            return !server.isWriter();
        }
    }

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
        return this instanceof Open open && open.failed();
    }
}
