package pgrouter.session;

import pgrouter.exchange.Effect;
import pgrouter.exchange.Effects;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.Traits;

/** What the session's present transaction has changed of the schema: others are to know it when that is over. Client thread only. */
final class SchemaChanges {
    private final Catalog catalog;
    private final LearnedRefusals.OfDatabase learned;
    private boolean ofSchema;
    private boolean ofCode;

    SchemaChanges(Catalog catalog, LearnedRefusals.OfDatabase learned) {
        this.catalog = catalog;
        this.learned = learned;
    }

    /** A request of these traits has shown this at the writer. */
    void note(Effects shown, long traits) {
        ofSchema |= shown.has(Effect.CHANGED_SCHEMA);
        ofCode |= shown.has(Effect.CHANGED_CODE) || Traits.has(traits, Traits.UNLOGGED);
    }

    /** A request is left at work that may change anything. */
    void mayChangeCode() {
        ofCode = true;
    }

    /** The transaction is over. */
    void tell() {
        if (ofSchema) {
            learned.forget();
        }
        if (ofCode) {
            catalog.changed();
        }
        ofSchema = false;
        ofCode = false;
    }
}
