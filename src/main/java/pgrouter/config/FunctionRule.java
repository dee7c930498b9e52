package pgrouter.config;

/** How much a call of a function is trusted to be refused by a standby that must not run it. */
public enum FunctionRule {
    /** Every call: the standby judges. */
    ASK,
    /** Every call but those of functions whose source shows that they may evade the refusal. */
    CAREFUL,
    /** Only calls of functions that are not volatile. */
    VOLATILE
}
