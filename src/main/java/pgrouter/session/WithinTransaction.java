package pgrouter.session;

import java.util.Optional;
import pgrouter.routing.Preference;
import pgrouter.routing.Router;
import pgrouter.routing.SuspectNames;

/**
 * The facts of a session that is in an optimistic transaction. The server where that runs has all that the transaction
 * itself has set, which is not known elsewhere yet.
 */
record WithinTransaction(Router.Session session) implements Router.Session {
    @Override
    public boolean isPinned() {
        return session.isPinned();
    }

    @Override
    public boolean isStateKnown() {
        return true;
    }

    @Override
    public boolean isReadOnlyByDefault() {
        return session.isReadOnlyByDefault();
    }

    @Override
    public Preference preference() {
        return session.preference();
    }

    @Override
    public Optional<SuspectNames> suspects() {
        return session.suspects();
    }
}
