package pgrouter.routing;

/** The destination of a request, and the reason. */
public sealed interface Route {
    /** The session's standby; a refusal goes to the writer. */
    record Reader() implements Route {}

    /** The primary. */
    record Writer(Reason reason) implements Route {}

    /** The rule that chose the writer, in the order of the rules. */
    enum Reason {
        /** The session's state lives on the primary. */
        PINNED("pinned"),
        /** The session has chosen it. */
        SETTING("pgrouter.route"),
        /** The application has chosen it. */
        HINT("hint"),
        /** The text shows that a standby cannot run it, or would do something else. */
        STATEMENT("statement"),
        /** A standby has refused it before. */
        LEARNED("learned"),
        /** It belongs to a transaction that usually needs the primary. */
        SHAPE("usually writes"),
        /** It is too large to be kept for a redirect. */
        TOO_LARGE("too large"),
        /** The schema was changed, and the effects of its functions are not known yet. */
        CATALOG("catalog"),
        /** The state of the session is not known yet. */
        STATE("session state"),
        /** No standby is suitable. */
        NO_READER("no reader"),
        /** The session wrote, and no suitable standby has replayed that yet. */
        OWN_WRITES("own writes"),
        /** Other sessions wrote, and no suitable standby has replayed that yet. */
        OTHERS_WRITES("others' writes");

        private final String words;
        private final String route;

        Reason(String words) {
            this.words = words;
            this.route = "writer: " + words;
        }

        /** The words of {@code SHOW pgrouter.last_route}. */
        public String words() {
            return route;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    Route READER = new Reader();
    Route PINNED = new Writer(Reason.PINNED);
    Route SETTING = new Writer(Reason.SETTING);
    Route HINT = new Writer(Reason.HINT);
    Route STATEMENT = new Writer(Reason.STATEMENT);
    Route LEARNED = new Writer(Reason.LEARNED);
    Route SHAPE = new Writer(Reason.SHAPE);
    Route TOO_LARGE = new Writer(Reason.TOO_LARGE);
    Route CATALOG = new Writer(Reason.CATALOG);
    Route STATE = new Writer(Reason.STATE);
    Route OWN_WRITES = new Writer(Reason.OWN_WRITES);
    Route OTHERS_WRITES = new Writer(Reason.OTHERS_WRITES);
    Route NO_READER = new Writer(Reason.NO_READER);

    /** Whether a standby gets the read as soon as one is suitable and has replayed enough. */
    static boolean wantsReader(Route route) {
        return route.equals(NO_READER) || awaitsReplay(route);
    }

    /** Whether a standby gets the read as soon as it has replayed enough. */
    static boolean awaitsReplay(Route route) {
        return route.equals(OWN_WRITES) || route.equals(OTHERS_WRITES);
    }
}
