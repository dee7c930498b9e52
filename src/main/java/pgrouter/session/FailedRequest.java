package pgrouter.session;

import java.io.IOException;
import pgrouter.client.ClientEnd;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.ProtocolException;
import pgrouter.request.Request;
import pgrouter.request.RequestReader;

/** Tells the client that its request has failed with an error of pgrouter's own, as PostgreSQL would. Client thread only. */
final class FailedRequest {
    private final ClientEnd client;
    private final Request request;
    private final RequestReader requests;

    FailedRequest(ClientEnd client, Request request, RequestReader requests) {
        this.client = client;
        this.request = request;
        this.requests = requests;
    }

    /**
     * Skips the rest of the request.
     *
     * @param after the client's transaction after the request
     * @param copying whether the request was at a COPY FROM STDIN
     * @return false when the client has left
     */
    boolean tell(ErrorResponse error, Transaction after, boolean copying) throws IOException {
        if (request.isBrokenOff()) {
            return isBrokenOff();
        }
        client.write(error.encode());
        if (!requests.finish(request, copying)) {
            return false;
        }
        client.write(BackendMessage.readyForQuery((byte) (after.isOpen() ? 'E' : 'I')));
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
