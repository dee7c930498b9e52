package pgrouter.session;

import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.LearnedRefusals;
import pgrouter.routing.TransactionShapes;

/**
 * The knowledge of the database of a session, which its other sessions share. Any thread.
 *
 * @param catalog its functions
 * @param learned the texts that standbys have refused
 * @param shapes the transactions that need the primary
 */
record DatabaseKnowledge(Catalog catalog, LearnedRefusals.OfDatabase learned, TransactionShapes.OfDatabase shapes) {}
