package pgrouter.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import pgrouter.auth.AuthDb;
import pgrouter.auth.AuthDbException;
import pgrouter.auth.Md5Password;
import pgrouter.auth.Users;
import pgrouter.client.Access;
import pgrouter.client.Capacity;
import pgrouter.client.Memory;
import pgrouter.cluster.Uptime;
import pgrouter.config.ClientLimits;
import pgrouter.config.Consistency;
import pgrouter.config.Limits;
import pgrouter.config.Pool;
import pgrouter.config.ReadWait;
import pgrouter.config.RouteRules;
import pgrouter.config.Transactions;
import pgrouter.hba.Hba;
import pgrouter.pool.NewProcesses;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SuspectNames;
import pgrouter.session.Rules;
import pgrouter.session.Settings;
import pgrouter.tls.TlsServer;

/**
 * The settings of a stage. The memory, the processes and the size of the pool count when it opens, all else counts at
 * any time.
 */
final class StageOptions {
    Memory memory = Memory.unlimited();
    Optional<NewProcesses> processes = Optional.empty();
    volatile Pool pool = new Pool(0, Duration.ofMinutes(1), Duration.ofMinutes(1));
    volatile Uptime uptime = Uptime.UNKNOWN;
    volatile Optional<TlsServer> tls = Optional.empty();
    volatile Duration grace = Duration.ofMinutes(1);
    volatile Function<Optional<SearchPath>, Optional<SuspectNames>> suspects = always(SuspectNames.NONE);
    volatile Capacity capacity = Capacity.UNBOUNDED;

    /** The configuration with which a stage begins, and its users. */
    static Settings settings() {
        Rules rules = new Rules(
                Consistency.SESSION,
                ReadWait.OFF,
                Transactions.PRIMARY,
                RouteRules.DEFAULT,
                limits(Duration.ZERO),
                Duration.ZERO);
        return new Settings(rules, new Access(new Users(authDb()), Hba.NONE));
    }

    static Limits limits(Duration failover) {
        return new Limits(
                new ClientLimits(1000, 1000, 1000, 1000, Long.MAX_VALUE),
                Duration.ofMinutes(1),
                Duration.ZERO,
                failover,
                Duration.ofSeconds(30));
    }

    private static AuthDb authDb() {
        String app = Stage.USER + " md5 " + Md5Password.hash(Stage.USER, Stage.PASSWORD) + "\n";
        try {
            return AuthDb.parse(app + "scram plain " + Stage.PASSWORD + "\n", "authdb");
        } catch (AuthDbException e) {
            throw new IllegalStateException(e);
        }
    }

    static Function<Optional<SearchPath>, Optional<SuspectNames>> always(SuspectNames names) {
        Optional<SuspectNames> known = Optional.of(names);
        return path -> known;
    }
}
