package pgrouter.hba;

/** The databases that a rule is for: one word of its second field ({@code check_db} of hba.c). */
sealed interface Databases {
    /** All databases, but not physical replication. */
    record All() implements Databases {}

    /** The database with the name of the user. */
    record SameUser() implements Databases {}

    /** Physical replication, which has no database. */
    record Replication() implements Databases {}

    /** The database of this name. */
    record Named(String name) implements Databases {}

    /** The databases whose names match. */
    record Matching(Regex regex) implements Databases {}

    default boolean contain(Connection connection) {
        return switch (this) {
            case Replication replication -> connection.physicalReplication();
            case All all -> !connection.physicalReplication();
            case SameUser same ->
                !connection.physicalReplication() && connection.database().equals(connection.user());
            case Named(String name) ->
                !connection.physicalReplication() && connection.database().equals(name);
            case Matching(Regex regex) -> !connection.physicalReplication() && regex.isIn(connection.database());
        };
    }
}
