package pgrouter.hba;

/** The users that a rule is for: one word of its third field ({@code check_role} of hba.c). */
sealed interface Users {
    /** All users. */
    record All() implements Users {}

    /** The user of this name. */
    record Named(String name) implements Users {}

    /** The users whose names match. */
    record Matching(Regex regex) implements Users {}

    default boolean contain(String user) {
        return switch (this) {
            case All all -> true;
            case Named(String name) -> name.equals(user);
            case Matching(Regex regex) -> regex.isIn(user);
        };
    }
}
