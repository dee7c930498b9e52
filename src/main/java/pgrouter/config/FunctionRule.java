package pgrouter.config;

/** Selects the calls of functions that may go to a standby, which is to refuse those that it must not run. */
public enum FunctionRule {
    /** Every call: the standby judges. */
    ASK,
    /** Every call but those of functions whose source shows that they may evade the refusal. */
    CAREFUL,
    /** Only calls of functions that are not volatile. */
    VOLATILE
}
