package pgrouter.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters that one server process has been given, or that the session has set there. Kept with its connection. Client thread only.
 */
public final class ServerState {
    private final Map<String, Optional<String>> settings = new HashMap<>();

    /** The stamp of the session's state at the time of these parameters: the usual case costs one comparison. */
    private int stamp;

    /** Whether the process has all that the session wants. */
    public boolean isOf(SessionState wanted) {
        return wanted.version() == stamp;
    }

    /** Returns the difference between this and the parameters that the session wants. */
    public StateDiff to(SessionState wanted) {
        return isOf(wanted) ? StateDiff.NONE : StateDiff.of(wanted.settings(), settings);
    }

    /** Notes that the process has all that the session wants. */
    public void has(SessionState wanted) {
        settings.clear();
        settings.putAll(wanted.settings());
        stamp = wanted.version();
    }
}
