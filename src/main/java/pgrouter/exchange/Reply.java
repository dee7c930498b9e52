package pgrouter.exchange;

import java.util.Optional;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.SqlState;
import pgrouter.routing.Refusal;

/** The end of a server's turn, and the effects that the reply has shown until then. Immutable. */
public sealed interface Reply {
    /**
     * All is answered, and the client has ReadyForQuery.
     *
     * @param status of the transaction: I, T or E
     */
    record Complete(byte status, Effects effects) implements Reply {
        private static final String STATUSES = "ITE";
        private static final Complete[] MADE = new Complete[STATUSES.length() * Effects.COUNT];

        /**
         * Returns the last instance where nothing differs, and then allocates nothing. Two threads may create the
         * same one: both are valid.
         */
        static Complete of(byte status, Effects effects) {
            int known = STATUSES.indexOf(status);
            if (known < 0) {
                return new Complete(status, effects);
            }
            int index = known * Effects.COUNT + effects.index();
            Complete made = MADE[index];
            if (made == null) {
                made = new Complete(status, effects);
                MADE[index] = made;
            }
            return made;
        }
    }

    /**
     * The client has the turn in the middle of its request: a Flush is answered, or the server reads COPY data.
     *
     * @param held whether the client has nothing of the reply yet, but for the answers to Parse, Bind, Describe and
     * Close
     * @param skipping whether an error was answered, and the server drops all up to a Sync
     */
    record Partial(boolean held, boolean skipping) implements Reply {}

    /**
     * A standby has refused: the client has seen nothing of that.
     *
     * @param sqlState of the error
     * @param delivered how many messages of the reply the client has
     */
    record Refused(Refusal refusal, String sqlState, int delivered) implements Reply {}

    /**
     * The request was withdrawn, for another server: the client sees no more of this reply.
     *
     * @param delivered how many messages of the reply the client has
     */
    record Withdrawn(int delivered) implements Reply {}

    /**
     * The connection has ended before all was answered.
     *
     * @param unseen the last error of the server where the client does not have it
     * @param toldClient whether the client has the server's own error on the end of the connection
     * @param held whether the client has nothing of the reply yet, as in {@link Partial}
     * @param copying whether the server was reading COPY data
     * @param failed whether an error was answered before
     * @param effects that the reply has shown until then
     * @param delivered how many messages of the reply the client has
     */
    record Lost(
            Optional<ErrorResponse> unseen,
            boolean toldClient,
            boolean held,
            boolean copying,
            boolean failed,
            Effects effects,
            int delivered)
            implements Reply {
        /**
         * Whether the server's process was lost with the request that it ran, without a word, or after another
         * process had crashed. A server that has said how the request ended has not been lost in this sense.
         */
        public boolean isCrash() {
            return !failed && unseen.map(Lost::isCrash).orElse(true);
        }

        private static boolean isCrash(ErrorResponse words) {
            return words.sqlState().equals(SqlState.CRASH_SHUTDOWN);
        }

        /** Whether the server had ended the process for want of requests: the request did not run. */
        public boolean isIdleTimeout() {
            return unseen.filter(words -> words.sqlState().equals(SqlState.IDLE_SESSION_TIMEOUT))
                    .isPresent();
        }

        /** The violation of the protocol, where the server has committed one. */
        public Optional<ErrorResponse> fault() {
            return unseen.filter(words -> words.sqlState().equals(SqlState.PROTOCOL_VIOLATION));
        }
    }

    /**
     * The client has left in the middle of its request, or cannot be written to.
     *
     * @param effects that the reply has shown until then
     */
    record Deserted(Effects effects) implements Reply {}
}
