package pgrouter.hba;

/** An entry is invalid. The text has the place, what was expected and what was found. The first such place ends the entry. */
final class WrongEntry extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Place place;

    WrongEntry(Place place, String message) {
        super(message, null, false, false);
        this.place = place;
    }

    static WrongEntry expected(String what, Token found) {
        return expected(what, found, "");
    }

    /** @param remark the text after what was found; may be empty */
    static WrongEntry expected(String what, Token found, String remark) {
        return new WrongEntry(found.place(), "expected " + what + ", found " + found.described() + remark);
    }

    Place place() {
        return place;
    }
}
