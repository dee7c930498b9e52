package pgrouter.session;

import java.time.Duration;
import pgrouter.config.Consistency;
import pgrouter.config.Limits;
import pgrouter.config.ReadWait;
import pgrouter.config.RouteRules;

/**
 * The configuration for every session.
 *
 * @param consistency the writes that a read must see, where the session does not say otherwise
 * @param readWait how long a read may wait for a standby that has them
 * @param slow a request that took longer is logged; zero where none is
 */
public record Rules(Consistency consistency, ReadWait readWait, RouteRules route, Limits limits, Duration slow) {}
