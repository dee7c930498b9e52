package pgrouter.truth;

import pgrouter.testing.PostgresCluster;

/** The first half of the table. */
final class FirstTruthsIT extends RoutingTruth {
    FirstTruthsIT(PostgresCluster cluster) {
        super(cluster, Half.FIRST);
    }
}
