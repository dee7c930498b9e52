package pgrouter.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The findings in the functions and views of each database. Any thread. */
public interface Catalogs {
    /**
     * Registers a session of a database. The catalog is read first if no other session uses it. The session closes it
     * at its end.
     */
    Catalog take(String database);

    /** Makes room for a statement that waits this long until no other connection uses the database that it needs. */
    default void makeRoom(Duration time) {}

    /** The findings in one database, as long as one session uses it. */
    interface Catalog extends AutoCloseable {
        /**
         * The names that are suspicious for a session that looks for names in these schemas. Where the schemas are not
         * known, or the names for them are not known yet: the names that are suspicious for any schemas.
         *
         * @return empty where nothing was read yet, or the schema was changed and not read since: then the meaning of a
         *     name is unknown
         */
        Optional<SuspectNames> suspects(Optional<SearchPath> path);

        /** The schema may have been changed. */
        void changed();

        /** Asks for another look soon, since a name was used that is unknown. The findings stay meanwhile. */
        void lookAgain();

        /** Waits until the catalog was read, or could not be, for this long at most. */
        void await(Duration atMost) throws InterruptedException;

        /** The session no longer uses the database. */
        @Override
        void close();
    }

    /** Catalogs that always return what this says, and read nothing. */
    static Catalogs always(Function<Optional<SearchPath>, Optional<SuspectNames>> names) {
        Catalog catalog = new Catalog() {
            @Override
            public Optional<SuspectNames> suspects(Optional<SearchPath> path) {
                return names.apply(path);
            }

            @Override
            public void changed() {}

            @Override
            public void lookAgain() {}

            @Override
            public void await(Duration atMost) {}

            @Override
            public void close() {}
        };
        return database -> catalog;
    }
}
