package pgrouter.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** What is known of the functions and views of each database. Any thread. */
public interface Catalogs {
    /** One more session uses a database; looked for first where nobody does yet. The session closes it at its end. */
    Catalog take(String database);

    /** A statement is about to be sent that waits for so long until nobody else is connected to the database that it needs. */
    default void makeRoom(Duration time) {}

    /** What is known of one database, as long as one session uses it. */
    interface Catalog extends AutoCloseable {
        /**
         * What is suspicious for a session that looks for names in these schemas; where they are not known, or what is suspicious for them
         * is not known yet, in whatever schema.
         *
         * @return empty where nothing was read yet, or something was changed and not read since: then nobody can tell what a name means
         */
        Optional<SuspectNames> suspects(Optional<SearchPath> path);

        /** The schema may have been changed. */
        void changed();

        /** A name was used that is not among what is known: to be looked at soon, while what is known stays. */
        void lookAgain();

        /** Waits until it was read, or could not be, for so long at most. */
        void await(Duration atMost) throws InterruptedException;

        /** The session uses it no more. */
        @Override
        void close();
    }

    /** Always these names, without looking. */
    static Catalogs always(Function<Optional<SearchPath>, SuspectNames> names) {
        Catalog catalog = new Catalog() {
            @Override
            public Optional<SuspectNames> suspects(Optional<SearchPath> path) {
                return Optional.of(names.apply(path));
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
