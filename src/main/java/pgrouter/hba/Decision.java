package pgrouter.hba;

/** The decision about a client that wants to log in. */
public sealed interface Decision {
    /** The client must authenticate by the method of the rule, which is not {@link Method#REJECT}. */
    record Ask(Rule rule) implements Decision {}

    /**
     * The client is not let in.
     *
     * @param message the error for the client, with PostgreSQL's text and SQLSTATE 28000
     * @param place the place of the rule that decided; for the log
     */
    record Refuse(String message, Place place) implements Decision {}
}
