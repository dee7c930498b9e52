package pgrouter.session;

import java.util.ArrayList;
import java.util.List;
import pgrouter.client.Memory;
import pgrouter.exchange.Digest;
import pgrouter.request.RecordedRequest;
import pgrouter.request.Request;
import pgrouter.request.Statements;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

/**
 * The requests of an optimistic transaction that its standby has answered, and the digest of the replies: with them
 * the transaction can go on on another server. Client thread only.
 */
final class Transcript {
    /** The most bytes of requests; a longer transaction goes on on the primary. */
    static final int MOST_BYTES = 64 * 1024;

    private static final int MOST_REQUESTS = 500;

    private static final StateTraits LOCAL = StateTraits.LOCAL_SETTINGS.with(StateTraits.SETS_LOCALLY);

    private final Statements session;
    private final Memory.OfSession memory;
    private final List<RecordedRequest> requests = new ArrayList<>();
    private long bytes;
    private RecordedRequest present;
    private Digest digest = Digest.NONE;
    private boolean comparable = true;
    private boolean reads;
    private boolean oneSnapshot;

    /** @param session whose memory counts these bytes */
    Transcript(Statements session) {
        this.session = session;
        this.memory = session.memory();
        this.present = new RecordedRequest(session, false);
    }

    /** Whether a request can run on a standby, and again on the primary with the same result where the data are the same. */
    static boolean canTake(Request request) {
        return !Traits.has(request.traits(), Traits.NOT_OPTIMISTIC)
                && (request.state().isNone() || isUnreported(request));
    }

    /**
     * Whether a request does nothing to the session but set parameters of the application's own for its transaction. A
     * server reports some of the others, and what a standby reports is not for the client.
     */
    private static boolean isUnreported(Request request) {
        return request.state().has(StateTraits.LOCAL_SETTINGS)
                && request.state().without(LOCAL).isNone()
                && request.kind().isOneStatement();
    }

    /** Whether there is room for this many bytes more of a request. */
    boolean hasRoom(long more) {
        long under = bytes + present.bytes() + more;
        return under <= MOST_BYTES && requests.size() < MOST_REQUESTS && memory.fits(present.bytes() + more);
    }

    /** A request is sent to the standby. */
    RecordedRequest begins(Request request) {
        boolean ordered = Traits.has(request.traits(), Traits.ORDERED) || request.end() == 0;
        present = new RecordedRequest(session, ordered);
        return present;
    }

    /**
     * Adds the present request, which the standby has answered.
     *
     * @param after the digest of all replies with that to this request
     */
    void add(Request request, Digest after) {
        requests.add(present);
        bytes += present.bytes();
        memory.take(present.bytes());
        present = new RecordedRequest(session, false);
        digest = after;
        reads |= Traits.has(request.traits(), Traits.READS);
        boolean setsIsolation = Traits.has(request.traits(), Traits.OPEN_TRANSACTION | Traits.ADJUSTS_TRANSACTION);
        oneSnapshot = setsIsolation ? Traits.has(request.traits(), Traits.ONE_SNAPSHOT) : oneSnapshot;
    }

    /**
     * Leaves out the present request, which has failed for a reason that has nothing to do with the data: its
     * transaction has failed with it. The request that opens the transaction cannot be left out.
     *
     * @param hasResults whether the client has the result of a part of it, which can then not be compared
     */
    void leaveOut(boolean hasResults) {
        comparable &= !hasResults && !requests.isEmpty();
        present = new RecordedRequest(session, false);
    }

    /** The transaction is over, or goes on without it. */
    void end() {
        memory.take(-bytes);
        bytes = 0;
    }

    /** Whether what the transaction can see was decided by an earlier statement. */
    boolean hasItsSnapshot() {
        return oneSnapshot && reads;
    }

    /** Whether all that ran can be given to another server. */
    boolean isWhole() {
        return comparable && requests.stream().allMatch(RecordedRequest::isWhole);
    }

    List<RecordedRequest> requests() {
        return requests;
    }

    Digest digest() {
        return digest;
    }
}
