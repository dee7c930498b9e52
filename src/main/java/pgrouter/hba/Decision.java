package pgrouter.hba;

/** What becomes of a client that wants to log in. */
public sealed interface Decision {
    /** It is to prove who it is, as the rule says; which is not {@link Method#REJECT}. */
    record Ask(Rule rule) implements Decision {}

    /**
     * It is not let in.
     *
     * @param message what it is told, in PostgreSQL's words, with SQLSTATE 28000
     * @param place of the rule that says so; for the log
     */
    record Refuse(String message, Place place) implements Decision {}
}
