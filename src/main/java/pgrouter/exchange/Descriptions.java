package pgrouter.exchange;

import java.util.ArrayList;
import java.util.List;
import pgrouter.request.Description;
import pgrouter.request.DescriptionReader;
import pgrouter.request.ServerStatements;
import pgrouter.request.Statement;

/**
 * The server's descriptions of statements: those that the client asked for, which it then relies on, and those by which pgrouter
 * compares a statement with what the client was told. Part of an {@link Exchange}, and guarded as that.
 */
final class Descriptions {
    private final ServerStatements statements;
    private final DescriptionReader reader = new DescriptionReader();
    private final List<Statement> changed = new ArrayList<>();
    private Reading reading = Reading.NONE;
    private Statement described = Statement.UNKNOWN;

    /** The one that the present description is for. */
    private enum Reading {
        NONE,
        CLIENT,
        PGROUTER
    }

    Descriptions(ServerStatements statements) {
        this.statements = statements;
    }

    /** A description begins, of parameters or of rows. */
    void begin(byte tag, boolean isOwn, boolean isSeen) {
        Reading ofClient = isSeen ? Reading.CLIENT : Reading.NONE;
        reading = isOwn ? Reading.PGROUTER : ofClient;
        reader.begin(tag);
    }

    /** The description of the rows begins, of this statement. */
    void begin(byte tag, boolean isOwn, boolean isSeen, Statement statement) {
        described = statement;
        begin(tag, isOwn, isSeen);
    }

    /** Whether the message that comes now is one of these. */
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

    /** The statements that are not what the client was told, of those that were described for pgrouter since the last call. */
    List<Statement> takeChanged() {
        if (changed.isEmpty()) {
            return List.of();
        }
        List<Statement> taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }
}
