package pgrouter.session;

import pgrouter.metrics.TransactionCounts;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Request;
import pgrouter.request.RequestText;
import pgrouter.routing.ShapePath;
import pgrouter.routing.Traits;
import pgrouter.routing.TransactionShapes;

/**
 * The shape of the client's transaction so far: by the transactions that began in the same way it is known whether this
 * one will need the primary. Client thread only.
 */
final class TransactionShape {
    /** Stands for the opening where that is a part of a request. */
    private static final long OPENING = 1;

    private final TransactionShapes.OfDatabase shapes;
    private final Request request;
    private final RequestText text;
    private final TransactionCounts counts;
    private final ShapePath path = new ShapePath();

    /** Whether the client is in a transaction that might run on a standby. */
    private boolean followed;

    /** Whether its end teaches the next ones. */
    private boolean learns;

    private boolean needsPrimary;
    private boolean atStandby;
    private boolean atPrimary;

    TransactionShape(TransactionShapes.OfDatabase shapes, ClientRequests client, TransactionCounts counts) {
        this.shapes = shapes;
        this.counts = counts;
        this.request = client.request();
        this.text = client.text();
    }

    /**
     * The present request opens a transaction.
     *
     * @param fingerprint of the request among those in which names mean the same
     * @return whether such transactions usually need the primary
     */
    boolean begins(long fingerprint) throws ProtocolException {
        counts();
        learns = true;
        if (request.kind().isOnlyOpening()) {
            return leadsToWrite(path.begin(fingerprint));
        }
        path.begin(OPENING);
        return leadsToWrite(path.next(fingerprint));
    }

    /** The present request opens a transaction that runs on the primary by configuration: it is only counted. */
    void counts() {
        followed = true;
        learns = false;
        needsPrimary = false;
        atStandby = false;
        atPrimary = false;
    }

    /** The present request is one of the transaction. @return as {@link #begins} */
    boolean goesOn(long fingerprint) throws ProtocolException {
        boolean onlyControls = !Traits.has(request.traits(), Traits.READS | Traits.WRITER | Traits.MAY_WRITE);
        return followed && learns && !onlyControls && leadsToWrite(path.next(fingerprint));
    }

    private boolean leadsToWrite(long prefix) throws ProtocolException {
        if (shapes.lacksText(prefix)) {
            path.describe(text.of(request));
        }
        return shapes.leadsToWrite(prefix);
    }

    /** The present request was answered. */
    void answered(boolean byStandby) {
        atStandby |= byStandby;
        atPrimary |= !byStandby;
        needsPrimary |=
                followed && !Transcript.canTake(request) && !request.kind().isOnlyOwnSetting();
    }

    /** The transaction is over. */
    void ended() {
        if (!followed) {
            return;
        }
        if (learns) {
            shapes.ended(path, needsPrimary);
        }
        count();
        followed = false;
    }

    /** One that was lost before any server had answered counts nowhere. */
    private void count() {
        if (atStandby && atPrimary) {
            counts.moved();
        } else if (atStandby) {
            counts.ranOnStandby();
        } else if (atPrimary) {
            counts.ranOnPrimary(needsPrimary);
        }
    }

    /** The transaction could not go on on the primary. */
    void conflicted() {
        if (followed) {
            shapes.conflicted(path);
            counts.conflicted();
        }
        followed = false;
    }
}
