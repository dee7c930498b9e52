package pgrouter.state;

import java.util.Optional;
import pgrouter.routing.StateTraits;

/** The reason for which a session must stay on its writer: state of that server process that cannot be recreated elsewhere. */
public enum Pin {
    TEMPORARY(
            "temporary table",
            Optional.of("EXISTS (SELECT FROM pg_catalog.pg_depend WHERE refclassid OPERATOR(pg_catalog.=) 2615 "
                    + "AND refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())"),
            Optional.of("pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0")),
    ADVISORY(
            "advisory lock",
            "EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype OPERATOR(pg_catalog.=) 'advisory' "
                    + "AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())"),
    LISTEN("LISTEN", "EXISTS (SELECT FROM pg_catalog.pg_listening_channels())"),
    HOLD("held cursor", "EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable)"),
    LOAD("LOAD"),
    SEED("setseed"),
    UNKNOWN("session state that cannot be followed"),
    /** The session has set more than pgrouter keeps. */
    LIMIT("more session state than is kept"),
    /** Every transaction is serializable, and a standby refuses each of them. */
    SERIALIZABLE("default_transaction_isolation"),
    /** A standby has refused the session's state. */
    REPLAY("session state that a standby refused");

    private final String words;
    private final Optional<String> question;
    private final Optional<String> trace;

    Pin(String words) {
        this(words, Optional.empty(), Optional.empty());
    }

    Pin(String words, String question) {
        this(words, Optional.of(question), Optional.empty());
    }

    Pin(String words, Optional<String> question, Optional<String> trace) {
        this.words = words;
        this.question = question;
        this.trace = trace;
    }

    /** The trait of a request that may cause it. */
    StateTraits trait() {
        return switch (this) {
            case TEMPORARY -> StateTraits.TEMPORARY;
            case ADVISORY -> StateTraits.ADVISORY;
            case LISTEN -> StateTraits.LISTENS;
            case HOLD -> StateTraits.HOLDS;
            case LOAD -> StateTraits.LOADS;
            case SEED -> StateTraits.SEEDS;
            case UNKNOWN -> StateTraits.UNKNOWN;
            case LIMIT, SERIALIZABLE, REPLAY -> StateTraits.NONE;
        };
    }

    /** An expression that tells whether the server's process has the cause; empty where there is no such expression. */
    Optional<String> question() {
        return question;
    }

    /**
     * An expression that tells whether something of it stays in the server's process after the cause is gone; empty
     * where nothing does.
     */
    Optional<String> trace() {
        return trace;
    }

    /** Whether the pin is gone with the server process, for good. */
    boolean isBond() {
        return this != SERIALIZABLE && this != REPLAY;
    }

    @Override
    public String toString() {
        return words;
    }
}
