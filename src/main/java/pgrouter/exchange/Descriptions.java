package pgrouter.exchange;

import java.util.ArrayList;
import java.util.List;
import pgrouter.request.Description;
import pgrouter.request.DescriptionReader;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;

/**
 * The server's descriptions of statements. The client relies on those that it has asked for. By the others pgrouter
 * compares a statement with the description that the client has. Part of an {@link Exchange}, and guarded by its
 * lock.
 */
final class Descriptions {
    private final ServerStatements statements;
    private final DescriptionReader reader = new DescriptionReader();
    private final List<Statement> changed = new ArrayList<>();
    private Reading reading = Reading.NONE;
    private Statement described = Statement.UNKNOWN;

    /** The statement of the present description. */
    private enum Reading {
        NONE,
        CLIENT,
        PGROUTER
    }

    Descriptions(ServerStatements statements) {
        this.statements = statements;
    }

    /** A description of parameters or of rows begins. */
    void begin(byte tag, boolean isOwn, boolean isSeen) {
        Reading ofClient = isSeen ? Reading.CLIENT : Reading.NONE;
        reading = isOwn ? Reading.PGROUTER : ofClient;
        reader.begin(tag);
    }

    /** The description of the rows of this statement begins. */
    void begin(byte tag, boolean isOwn, boolean isSeen, Statement statement) {
        described = statement;
        begin(tag, isOwn, isSeen);
    }

    /** Whether the present message is a part of a description. */
    boolean isReading() {
        return reading != Reading.NONE;
    }

    /** @param last whether the message ends with this piece */
    void read(byte[] bytes, int offset, int length, boolean last) {
        reader.read(bytes, offset, length);
        if (last) {
            if (reader.isOfResult()) {
                ended(reader.end());
            }
            reading = Reading.NONE;
        }
    }

    private void ended(Description now) {
        if (described == Statement.UNKNOWN) {
            return;
        }
        if (reading == Reading.CLIENT) {
            statements.described(described, now);
        } else if (!described.told().isTold()) {
            described.told(now);
        } else if (!described.told().agreesWith(now)) {
            changed.add(described);
            statements.unfit(described);
        }
    }

    /** An error has come: a description that has begun has no end. */
    void failed() {
        reader.forget();
    }

    /** Other messages follow. */
    void restart() {
        changed.clear();
    }

    /**
     * Returns the statements that differ from the description that the client has, of those that were described for
     * pgrouter since the last call.
     */
    List<Statement> takeChanged() {
        if (changed.isEmpty()) {
            return List.of();
        }
        List<Statement> taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }
}
