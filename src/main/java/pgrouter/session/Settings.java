package pgrouter.session;

import pgrouter.auth.AuthDb;

/** What the configuration says now; a reload replaces it. Any thread. */
public final class Settings {
    private volatile Now now;

    private record Now(Rules rules, AuthDb authDb) {}

    public Settings(Rules rules, AuthDb authDb) {
        now = new Now(rules, authDb);
    }

    /** From now on, for what begins from now on. */
    public void change(Rules rules, AuthDb authDb) {
        now = new Now(rules, authDb);
    }

    public Rules rules() {
        return now.rules();
    }

    AuthDb authDb() {
        return now.authDb();
    }
}
