package pgrouter.testing.history;

/** A row that holds a list. Each element is appended once in a history, so the list tells in which order. */
public record Key(Kind kind, int number) {
    /** How the row is written. */
    public enum Kind {
        /** One statement appends to whatever is there. */
        LIST,
        /** A client of REPEATABLE READ writes what it has read and its element after that. */
        REGISTER,
        /** The same in READ COMMITTED, where PostgreSQL itself loses updates of transactions that run at the same time. */
        LOOSE_REGISTER
    }

    /** Whether the last list tells the order of all appends. */
    boolean isOrdered() {
        return kind != Kind.LOOSE_REGISTER;
    }

    @Override
    public String toString() {
        return kind + " " + number;
    }
}
