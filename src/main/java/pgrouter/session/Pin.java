package pgrouter.session;

import java.util.Optional;
import pgrouter.routing.Traits;

/** Why a session must stay on its writer: what lives in that server process and cannot be made again elsewhere. */
enum Pin {
    TEMPORARY(
            "temporary table",
            Traits.TEMPORARY,
            "EXISTS (SELECT FROM pg_catalog.pg_depend WHERE refclassid OPERATOR(pg_catalog.=) 2615 "
                    + "AND refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())"),
    ADVISORY(
            "advisory lock",
            Traits.ADVISORY,
            "EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype OPERATOR(pg_catalog.=) 'advisory' "
                    + "AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())"),
    LISTEN("LISTEN", Traits.LISTENS, "EXISTS (SELECT FROM pg_catalog.pg_listening_channels())"),
    HOLD("held cursor", Traits.HOLDS, "EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable)"),
    LOAD("LOAD", Traits.LOADS),
    SEED("setseed", Traits.SEEDS),
    UNKNOWN("session state that cannot be followed", Traits.UNKNOWN_STATE),
    /** Where every transaction is serializable, a standby refuses each. */
    SERIALIZABLE("default_transaction_isolation", 0),
    /** A standby did not take the session's state over. */
    REPLAY("session state that a standby refused", 0);

    private final String words;
    private final int trait;
    private final Optional<String> question;

    Pin(String words, int trait) {
        this(words, trait, Optional.empty());
    }

    Pin(String words, int trait, String question) {
        this(words, trait, Optional.of(question));
    }

    Pin(String words, int trait, Optional<String> question) {
        this.words = words;
        this.trait = trait;
        this.question = question;
    }

    /** The bit of {@link Traits} that a request has which may cause it. */
    int trait() {
        return trait;
    }

    /** An expression that tells the server's process whether the cause is there; empty where it cannot be asked. */
    Optional<String> question() {
        return question;
    }

    /** Whether it is gone with the server process, for good. */
    boolean isBond() {
        return this != SERIALIZABLE && this != REPLAY;
    }

    @Override
    public String toString() {
        return words;
    }
}
