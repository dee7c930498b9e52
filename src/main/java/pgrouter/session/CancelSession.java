package pgrouter.session;

import java.util.Optional;
import pgrouter.backend.ServerConnection;
import pgrouter.protocol.StartupPacket.CancelRequest;

/** A connection with a cancel request. PostgreSQL answers it with nothing, whether it has found the session or not. */
record CancelSession(Services services, CancelRequest request) implements SessionKind {
    @Override
    public boolean run() throws InterruptedException {
        Optional<ServerConnection> atWork = services.cancels()
                .find(request.processId(), request.secret())
                .flatMap(CancelRegistry.Target::connectionAtWork);
        if (atWork.isPresent()) {
            Desertion.cancel(services.connector(), atWork.get());
        }
        return false;
    }
}
