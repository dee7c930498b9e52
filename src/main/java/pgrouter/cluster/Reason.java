package pgrouter.cluster;

/** The reason of a node's state, or why a standby gets no reads. */
public sealed interface Reason {
    /** It is what it says. */
    Reason NONE = new None();

    Reason NOT_PROBED = new NotProbed();

    /** The reason in words, for people; empty where there is none. */
    String text();

    /** It is what it says. */
    record None() implements Reason {
        @Override
        public String text() {
            return "";
        }
    }

    /** The node was not probed yet. */
    record NotProbed() implements Reason {
        @Override
        public String text() {
            return "not probed yet";
        }
    }

    /** The node did not answer at all within its time. Requests that were sent to it will hardly be answered either. */
    record Silent(String text) implements Reason {}

    /** The node could not be asked. */
    record Unusable(String text) implements Reason {}

    /** The node belongs to another cluster. */
    record Foreign(String text) implements Reason {}

    /** The node says that it is the primary, and another node is believed. */
    record Disputed(String text) implements Reason {}

    /** The node is a standby that does not follow the primary: its lag cannot be measured. */
    record Astray(String text) implements Reason {}
}
