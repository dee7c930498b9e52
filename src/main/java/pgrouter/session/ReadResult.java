package pgrouter.session;

import pgrouter.exchange.Relay;
import pgrouter.exchange.Reply;

/** The result of a read that was sent to standbys. Immutable. */
sealed interface ReadResult {
    /** A standby has answered, and the client has the reply. */
    record Answered(Relay reader, Reply.Complete reply) implements ReadResult {}

    /** A standby has refused: the whole request goes to the writer. */
    record Refused(Relay reader, Reply.Refused reply) implements ReadResult {}

    /** The rest of the request, or all of it, goes to the writer. */
    record Moves(Relay reader, Reply.Withdrawn reply) implements ReadResult {}

    /**
     * The standby itself was to wait until it has replayed what the read must see, and has not in time. The client has
     * nothing of its reply: the whole request goes to the writer.
     */
    record Late(StandbyWait ended) implements ReadResult {}

    /** The standby was lost in the middle of a reply of which the client has a part. */
    record Lost(Relay reader, Reply.Lost reply) implements ReadResult {}

    /** The client has left. */
    record Deserted(Relay reader, Reply.Deserted reply) implements ReadResult {}

    /**
     * There is no standby.
     *
     * @param delivered how many messages of the reply the client has from a standby that is gone
     */
    record NoReader(int delivered) implements ReadResult {}

    /** No other node may run the read. */
    record GivenUp(Casualties casualties) implements ReadResult {}

    /** The client is gone. */
    record ClientGone() implements ReadResult {}
}
