package pgrouter.health;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Detects that a login at one backend might end differently than before, or get other settings. It uses a mark of the
 * shared catalogs and of the time when the configuration files were read, {@code pg_hba.conf} among them. Watching
 * thread only.
 */
final class LoginMark {
    /**
     * Every role may read all of it. The view of roles shows no {@code xmin} and no password. A role that is valid
     * only until some time changes the mark when that time has come. A lock on a catalog must not block the health
     * probes of the node.
     */
    private static final String QUESTION = """
            SET LOCAL lock_timeout = '100ms'; \
            SELECT (SELECT sum(hashtextextended(concat_ws(',', oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, \
            rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolvaliduntil < now()), 0)) \
            FROM pg_catalog.pg_roles), \
            (SELECT sum(hashtextextended(concat_ws(',', roleid, member, xmin), 0)) FROM pg_catalog.pg_auth_members), \
            (SELECT sum(hashtextextended(concat_ws(',', oid, xmin), 0)) FROM pg_catalog.pg_database), \
            (SELECT sum(hashtextextended(concat_ws(',', setdatabase, setrole, xmin), 0)) \
            FROM pg_catalog.pg_db_role_setting), \
            pg_conf_load_time()""";

    private final Probe probe;
    private final Logins logins;
    private final Duration pause;
    private Optional<List<Optional<String>>> last = Optional.empty();
    private long askedAt;

    /** @param check the usual time between rounds; where rounds come faster, not each one asks */
    LoginMark(Probe probe, Logins logins, Duration check) {
        this.probe = probe;
        this.logins = logins;
        this.pause = check.dividedBy(2);
        this.askedAt = System.nanoTime() - pause.toNanos();
    }

    /** Asks the node, which has just answered another query. The first mark counts as a change, since the state before it is not known. */
    void look() throws InterruptedException {
        long now = System.nanoTime();
        if (!logins.matters().getAsBoolean() || now - askedAt < pause.toNanos()) {
            return;
        }
        askedAt = now;
        Optional<List<Optional<String>>> mark = probe.row(QUESTION);
        if (mark.isPresent() && !mark.equals(last)) {
            last = mark;
            logins.changed().accept(probe.backend().address());
        }
    }
}
