package pgrouter.state;

import java.util.Optional;
import pgrouter.client.SessionException;
import pgrouter.config.Address;
import pgrouter.protocol.SqlState;

/** The tie of a session to the server process of its writer, which has state that cannot be recreated elsewhere. Any thread. */
public final class SessionBinding {
    private volatile Optional<Pin> pin = Optional.empty();

    public void is(Optional<Pin> present) {
        pin = present.filter(Pin::isBond);
    }

    public boolean isThere() {
        return pin.isPresent();
    }

    /** Returns the end of the session after the loss of the primary. */
    public SessionException broken(Address primary) {
        return SessionException.fatal(
                SqlState.ADMIN_SHUTDOWN,
                "terminating connection: the primary " + primary + " was lost, and with it "
                        + pin.map(Pin::toString).orElse("the state") + " of this session");
    }
}
