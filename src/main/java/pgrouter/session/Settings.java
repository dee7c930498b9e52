package pgrouter.session;

import pgrouter.client.Access;

/** The present configuration; a reload replaces it. Any thread. */
public final class Settings {
    private volatile Now now;

    private record Now(Rules rules, Access access) {}

    public Settings(Rules rules, Access access) {
        now = new Now(rules, access);
    }

    /** Sets the configuration for all that begins from now on. */
    public void change(Rules rules, Access access) {
        now = new Now(rules, access);
    }

    public Rules rules() {
        return now.rules();
    }

    public Access access() {
        return now.access();
    }
}
