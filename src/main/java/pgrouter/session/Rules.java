package pgrouter.session;

import java.time.Duration;
import pgrouter.config.Consistency;
import pgrouter.config.Limits;
import pgrouter.config.ReadWait;
import pgrouter.config.RouteRules;
import pgrouter.config.Transactions;

/**
 * The configuration for every session.
 *
 * @param consistency the writes that a read must see, where the session does not say otherwise
 * @param readWait how long a read may wait for a standby that has them
 * @param transactions where a transaction without an access mode begins, where the session does not say otherwise
 * @param slow a request that took longer is logged; zero where none is
 */
public record Rules(
        Consistency consistency,
        ReadWait readWait,
        Transactions transactions,
        RouteRules route,
        Limits limits,
        Duration slow) {}
