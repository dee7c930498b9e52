package pgrouter.hba;

/** Which users a rule is for: one word of its third field ({@code check_role} of hba.c). */
sealed interface Users {
    /** All of them. */
    record All() implements Users {}

    /** The one of this name. */
    record Named(String name) implements Users {}

    /** Those in whose names this is found. */
    record Matching(Regex regex) implements Users {}

    default boolean contain(String user) {
        return switch (this) {
            case All all -> true;
            case Named(String name) -> name.equals(user);
            case Matching(Regex regex) -> regex.isIn(user);
        };
    }
}
