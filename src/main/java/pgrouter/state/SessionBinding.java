package pgrouter.state;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.protocol.SqlState;

/** What ties a session to the server process of its writer, and cannot be made again elsewhere. Any thread. */
public final class SessionBinding {
    private volatile Optional<Pin> pin = Optional.empty();

    public void is(Optional<Pin> present) {
        pin = present.filter(Pin::isBond);
    }

    public boolean isThere() {
        return pin.isPresent();
    }

    /** The end of the session, as the primary was lost. */
    public SessionException broken(Address primary) {
        return SessionException.fatal(
                SqlState.ADMIN_SHUTDOWN,
                "terminating connection: the primary " + primary + " was lost, and with it "
                        + pin.map(Pin::toString).orElse("the state") + " of this session");
    }
}
