package pgrouter.session;

import java.time.Duration;
import pgrouter.config.Consistency;
import pgrouter.config.Limits;
import pgrouter.config.RouteRules;

/**
 * What the configuration says about every session.
 *
 * @param consistency which writes a read must see, where the session does not say otherwise
 * @param readWait how long a read may wait for a standby that has them
 * @param slow a request that took longer is logged; zero where none is
 */
public record Rules(Consistency consistency, Duration readWait, RouteRules route, Limits limits, Duration slow) {
    /** What holds where nothing is said. */
    public static final Rules DEFAULT =
            new Rules(Consistency.SESSION, Duration.ZERO, RouteRules.DEFAULT, Limits.DEFAULT, Duration.ZERO);
}
