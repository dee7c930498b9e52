package pgrouter.session;

import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Writes;
import pgrouter.config.Consistency;
import pgrouter.routing.ReadPosition;

/** The writes that a session's reads must see: its own, those that it has read before, or all. Client thread only. */
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

    /** Notes that the writer has answered a request. */
    void atWriter(boolean mayHaveWritten, boolean inTransaction) {
        unseenWrite |= mayHaveWritten;
        if (unseenWrite && !inTransaction) {
            position = ReadPosition.writtenAt(System.nanoTime());
            unseenWrite = false;
        }
    }

    /** Notes that the reader has answered a request. */
    void atReader() {
        read = true;
        readAt = System.nanoTime();
    }

    /** Whether the session has just written and also reads: it will need to know when standbys have replayed the write. */
    boolean willBeAsked() {
        boolean asked = reads && position != ReadPosition.ANY;
        reads = false;
        return asked;
    }

    /**
     * Returns the position that a standby must have reached for the next read.
     *
     * @param readerStays whether the session can go on to read where it did: another standby may lag behind that one
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
