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
     * @param opening how it was opened on a standby, where that is known
     * @param failed whether it had failed when its last request was answered
     * @param unproved the standby where it has read what the primary does not answer any more: it must not write
     */
    record Open(Relay server, Optional<Opening> opening, boolean failed, Optional<Address> unproved)
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

        /** The same one, which no other server can go on with. */
        Open onlyHere() {
            return new Open(server, opening.map(Opening::stays), failed, unproved);
        }

        /** The same one, whose reads all see what the first one has seen. */
        Open ofOneSnapshot() {
            return new Open(server, opening.map(Opening::ofOneSnapshot), failed, unproved);
        }

        /** Whether a standby has opened it, and nothing was done in it yet. */
        boolean isUntouched() {
            return opening.isPresent() && opening.get().untouched();
        }

        /** Whether a standby has it, and another server can go on with it. */
        boolean canMove() {
            return isAtReader() && opening.isPresent() && opening.get().canMove();
        }

        /** Whether a standby has it, and its next read sees what that has by then. */
        boolean seesLater() {
            return isAtReader() && !failed && opening.map(Opening::seesLater).orElse(true);
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
