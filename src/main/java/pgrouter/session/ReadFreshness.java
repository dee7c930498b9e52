package pgrouter.session;

import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Writes;
import pgrouter.config.Consistency;
import pgrouter.routing.LastWrite;
import pgrouter.routing.ReadPosition;

/**
 * The writes that a session's reads must see: its own, those that it has read before, or all. The position of a later
 * time also covers the writes before that, so of several positions the latest one counts. Client thread only.
 */
final class ReadFreshness {
    private final Writes writes;
    private final LastWrite lastWrite;

    /** The last write of the session itself. */
    private ReadPosition own = ReadPosition.ANY;

    /** The last write of other sessions that was acknowledged, or may have been read. */
    private ReadPosition others = ReadPosition.ANY;

    /**
     * The last write of which nobody knows whether it was committed. Clients may learn of it from the primary, so it
     * counts while there is one. Without a primary no read waits for it.
     */
    private ReadPosition possible = ReadPosition.ANY;

    private boolean unseenWrite;

    /** Whether the session has read since its last write was noted. */
    private boolean reads;

    private boolean read;

    /** Whether the present request must see any write. */
    private boolean seesAll;

    private long readAt;

    /** Whether the writer has answered a read since the last request for a standby: it may show what no client was told. */
    private boolean readAtWriter;

    private long readAtWriterAt;

    ReadFreshness(Writes writes, LastWrite lastWrite) {
        this.writes = writes;
        this.lastWrite = lastWrite;
    }

    /**
     * Notes that the writer has answered a request.
     *
     * @return whether a write is visible from now on
     */
    boolean atWriter(boolean mayHaveWritten, boolean inTransaction) {
        unseenWrite |= mayHaveWritten;
        boolean visible = unseenWrite && !inTransaction;
        if (visible) {
            own = ReadPosition.writtenAt(System.nanoTime());
            unseenWrite = false;
        }
        return visible;
    }

    /** Notes that the writer has answered a read. */
    void readAtWriter() {
        readAtWriter = true;
        readAtWriterAt = System.nanoTime();
        writes.wereRead();
    }

    /** Notes that the reader has answered a request. */
    void atReader() {
        read = true;
        readAt = System.nanoTime();
    }

    /**
     * Whether a read will soon need the position of a write that has just become visible: of this session where it
     * also reads, and of any other one where that is to see the write. A strict read asks by itself.
     */
    boolean willBeAsked(Consistency consistency) {
        boolean own = reads && (consistency == Consistency.SESSION || consistency == Consistency.CLUSTER);
        boolean others = consistency == Consistency.CLUSTER && writes.takeRead();
        reads = false;
        return own || others;
    }

    /**
     * Fixes the writes that the present request must see: later ones need not be seen. Called once for each request,
     * and for each part of it that the client sends after a pause.
     *
     * @param readerStays whether the session can go on to read where it did: another standby may lag behind that one
     */
    void begin(Consistency consistency, boolean readerStays) {
        seesAll = consistency != Consistency.EVENTUAL;
        if (!seesAll) {
            return;
        }
        if (read && !readerStays) {
            others = atLeast(others, readAt);
            read = false;
        }
        if (consistency == Consistency.CLUSTER) {
            others = writes.areAny() ? atLeast(others, writes.latest()) : others;
            others = readAtWriter ? atLeast(others, readAtWriterAt) : others;
            possible = atLeast(possible, writes.latestPossible());
            readAtWriter = false;
        } else if (consistency == Consistency.STRICT) {
            others = ReadPosition.committedBefore(System.nanoTime());
        }
    }

    private static ReadPosition atLeast(ReadPosition known, long time) {
        return known.covers(time) ? known : ReadPosition.othersWroteAt(time);
    }

    /** Notes that the present request is a read that needs a standby. */
    void reads(Consistency consistency) {
        reads = true;
        if (consistency == Consistency.CLUSTER) {
            writes.read();
        }
    }

    /** Returns the position that a standby must have reached for the present request, as far as it is known by now. */
    ReadPosition needed(ClusterView view) {
        if (!seesAll) {
            return ReadPosition.ANY;
        }
        own = lastWrite.resolve(own, view);
        others = lastWrite.resolve(others, view);
        possible = lastWrite.resolve(possible, view);
        ReadPosition acknowledged = others.covers(own) ? others : own;
        return view.primary().isEmpty() || acknowledged.covers(possible) ? acknowledged : possible;
    }

    /** Whether no suitable standby has replayed the last write of the session itself. */
    boolean isOwnWriteMissing(ClusterView view) {
        return view.suitableReaders().stream().noneMatch(own::isReachedBy);
    }
}
