package pgrouter.session;

import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Writes;
import pgrouter.config.Consistency;
import pgrouter.routing.ReadPosition;

/** What a session's reads must see: its own writes, what it has read before, or all writes. Used by the client thread. */
final class ReadFreshness {
    private final Writes writes;
    private ReadPosition position = ReadPosition.ANY;
    private boolean unseenWrite;
    private boolean reads;
    private boolean read;
    private long readAt;

    ReadFreshness(Writes writes) {
        this.writes = writes;
    }

    /** A request was answered by the writer. */
    void atWriter(boolean mayHaveWritten, boolean inTransaction) {
        unseenWrite |= mayHaveWritten;
        if (unseenWrite && !inTransaction) {
            position = ReadPosition.writtenAt(System.nanoTime());
            unseenWrite = false;
        }
    }

    /** A request was answered by the reader. */
    void atReader() {
        read = true;
        readAt = System.nanoTime();
    }

    /** Whether the session has just written and is one that reads too: it will want to know when standbys have that. */
    boolean willBeAsked() {
        boolean asked = reads && position != ReadPosition.ANY;
        reads = false;
        return asked;
    }

    /**
     * How far a standby must be for the next read.
     *
     * @param readerStays whether the session can go on to read where it did: another standby may be behind that one
     */
    ReadPosition needed(Consistency consistency, boolean readerStays, ClusterView view) {
        if (consistency == Consistency.EVENTUAL) {
            return ReadPosition.ANY;
        }
        reads = true;
        if (read && !readerStays) {
            atLeast(readAt);
            read = false;
        }
        if (consistency == Consistency.CLUSTER) {
            atLeast(writes.latest());
        }
        position = position.resolve(view);
        return position;
    }

    private void atLeast(long time) {
        if (!position.covers(time)) {
            position = ReadPosition.writtenAt(time);
        }
    }
}
