package pgrouter.session;

import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.routing.Traits;

/** The schema changes of the session's present transaction. Other sessions hear of them when it is over. Client thread only. */
final class SchemaChanges {
    private final DatabaseKnowledge known;
    private boolean ofSchema;
    private boolean ofCode;

    SchemaChanges(DatabaseKnowledge known) {
        this.known = known;
    }

    /** Notes the effects that a request of these traits has shown at the writer. */
    void note(Effects shown, long traits) {
        ofSchema |= shown.has(Effect.CHANGED_SCHEMA);
        ofCode |= shown.has(Effect.CHANGED_CODE) || Traits.has(traits, Traits.UNLOGGED);
    }

    /** Notes that a request still runs that may change anything. */
    void mayChangeCode() {
        ofCode = true;
    }

    /** Notes that the transaction is over. */
    void tell() {
        if (ofSchema) {
            known.learned().forget();
            known.shapes().forget();
        }
        if (ofCode) {
            known.catalog().changed();
        }
        ofSchema = false;
        ofCode = false;
    }
}
