package pgrouter.cluster;

import java.util.Optional;
import pgrouter.config.Address;

/**
 * What is remembered of the cluster beyond the present answers of its nodes.
 *
 * @param system the identifier of the cluster; empty until a node has told it
 * @param timeline the highest one that was ever seen: a primary of an earlier one is out of date
 * @param primary whom writes went to last
 * @param readers grows whenever a standby becomes suitable or gets another weight, so that sessions know when to choose again
 */
record Known(String system, int timeline, Optional<Address> primary, long readers) {
    static final Known NOTHING = new Known("", 0, Optional.empty(), 0);

    Known withNextReaders() {
        return new Known(system, timeline, primary, readers + 1);
    }
}
