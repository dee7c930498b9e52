package pgrouter.cluster;

/** Why a node is taken for what it is, or why a standby gets no reads. */
public sealed interface Reason {
    /** It is what it says. */
    Reason NONE = new None();

    Reason NOT_PROBED = new NotProbed();

    /** In words, for people; empty where there is nothing to say. */
    String text();

    /** It is what it says. */
    record None() implements Reason {
        @Override
        public String text() {
            return "";
        }
    }

    /** Nobody has asked it yet. */
    record NotProbed() implements Reason {
        @Override
        public String text() {
            return "not probed yet";
        }
    }

    /** It did not answer at all within its time: what was sent to it will hardly be answered either. */
    record Silent(String text) implements Reason {}

    /** It could not be asked. */
    record Unusable(String text) implements Reason {}

    /** It belongs to another cluster. */
    record Foreign(String text) implements Reason {}

    /** It says that it is the primary, and another node is believed. */
    record Disputed(String text) implements Reason {}

    /** A standby that follows something else than the primary: how far it is behind cannot be told. */
    record Astray(String text) implements Reason {}
}
