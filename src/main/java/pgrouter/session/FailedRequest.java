package pgrouter.session;

import java.io.IOException;
import pgrouter.client.ClientEnd;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Request;
import pgrouter.request.RequestReader;
import pgrouter.routing.Traits;

/** Tells the client that its request has failed with an error of pgrouter's own, as PostgreSQL would. Client thread only. */
final class FailedRequest {
    private static final long OPENS = Traits.READ_ONLY_TRANSACTION | Traits.OPEN_TRANSACTION;

    private final ClientEnd client;
    private final Request request;
    private final RequestReader requests;
    private final ClientTransaction transaction;

    FailedRequest(ClientEnd client, Request request, RequestReader requests, ClientTransaction transaction) {
        this.client = client;
        this.request = request;
        this.requests = requests;
        this.transaction = transaction;
    }

    /**
     * A client may have sent more already, believing that it is in a transaction. Where the request was to begin one,
     * the later requests meet a failed transaction, so that none of them runs by itself. The rest of the request is
     * skipped.
     *
     * @param failed whether the client's transaction has failed with the request
     * @param copying whether the request was at a COPY FROM STDIN
     * @return false when the client has left
     */
    boolean tell(String sqlState, String text, boolean failed, boolean copying) throws IOException {
        boolean isLost = failed || Traits.has(request.traits(), OPENS | Traits.CHAINS);
        transaction.becomes(isLost ? Transaction.Lost.INSTANCE : Transaction.None.INSTANCE);
        return tell(ErrorResponse.error(sqlState, text), copying);
    }

    private boolean tell(ErrorResponse error, boolean copying) throws IOException {
        if (request.isBrokenOff()) {
            return isBrokenOff();
        }
        client.write(error.encode());
        if (!requests.finish(request, copying)) {
            return false;
        }
        client.write(BackendMessage.readyForQuery((byte) (transaction.isOpen() ? 'E' : 'I')));
        return true;
    }

    /** Ends a session whose client has violated the protocol, where no server has said so: nothing more is read of it. */
    boolean isBrokenOff() throws ProtocolException {
        if (request.violation().isPresent()) {
            throw request.violation().get();
        }
        return false;
    }
}
