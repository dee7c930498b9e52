package pgrouter.truth;

import pgrouter.testing.PostgresCluster;

/** The second half of the table. */
final class SecondTruthsIT extends RoutingTruth {
    SecondTruthsIT(PostgresCluster cluster) {
        super(cluster, Half.SECOND);
    }
}
