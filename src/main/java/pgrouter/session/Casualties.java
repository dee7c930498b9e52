package pgrouter.session;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import pgrouter.config.Address;

/**
 * The standbys whose processes were lost while they ran the present read. The read may have ended them (out of
 * memory, a crash in an extension). So one more standby may run it, and the primary never does. Immutable.
 */
record Casualties(List<Address> standbys) {
    static final Casualties NONE = new Casualties(List.of());

    private static final int MOST = 2;

    Casualties with(Address another) {
        List<Address> more = new ArrayList<>(standbys);
        more.add(another);
        return new Casualties(List.copyOf(more));
    }

    boolean isNone() {
        return standbys.isEmpty();
    }

    /** Whether no other node may run the read. */
    boolean areEnough() {
        return standbys.size() >= MOST;
    }

    /** The error that the client gets. */
    String words() {
        String where = standbys.stream().map(Address::toString).collect(Collectors.joining(" and "));
        return "the read was not finished: the server process that ran it was lost on " + where
                + ", and it may be the reason; it is not tried on another node";
    }
}
