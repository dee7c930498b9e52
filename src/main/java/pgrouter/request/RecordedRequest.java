package pgrouter.request;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pgrouter.client.Memory;
import pgrouter.net.Inbox;

/**
 * The messages of a request that were sent to a server, kept so that another server can be given the same, and the
 * prepared statements as they were at that time. Client thread only.
 */
public final class RecordedRequest {
    private final Statements session;
    private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
    private final List<Statement> made = new ArrayList<>();
    private final Map<String, Statement> used = new LinkedHashMap<>();

    /** How many of the statements of the request's kept messages are noted. */
    private int noted;

    private final boolean ordered;
    private boolean whole = true;

    /** @param ordered whether it orders its rows */
    public RecordedRequest(Statements session, boolean ordered) {
        this.session = session;
        this.ordered = ordered;
    }

    /** Adds the kept messages of a request from an offset on: those before it were added already. */
    public void add(Request request, Inbox inbox, int from) {
        messages.write(inbox.array(), inbox.arrayOffset(from), request.length() - from);
        List<Statement> all = request.statements().all();
        noted = from == 0 ? 0 : noted;
        made.addAll(all.subList(noted, all.size()));
        noted = all.size();
        for (String name : request.statements().references()) {
            uses(name);
        }
    }

    /** A statement that cannot be made anywhere else cannot be used there. */
    private void uses(String name) {
        Optional<Statement> statement = session.find(name);
        if (statement.isPresent()) {
            used.putIfAbsent(name, statement.get());
            whole &= statement.get().isKept();
        }
    }

    /** Notes that a message is sent that is too large to be kept. */
    public void addsUnkept() {
        whole = false;
    }

    /** Whether another server can be given all of it. */
    public boolean isWhole() {
        return whole;
    }

    /** Whether the order of its rows counts. */
    public boolean isOrdered() {
        return ordered;
    }

    /** The number of bytes that it needs. Its statements keep their own copies of the texts. */
    public long bytes() {
        return 2L * messages.size() + Memory.of(used.keySet()) + (long) Memory.OVERHEAD * made.size();
    }

    public byte[] messages() {
        return messages.toByteArray();
    }

    /** The statements of its Parse, Describe and Close messages, in their order. */
    public List<Statement> made() {
        return made;
    }

    /** The statements that it uses and has not made itself. */
    public Collection<Statement> used() {
        return used.values();
    }
}
