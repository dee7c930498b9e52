package pgrouter.hba;

import java.util.List;

/**
 * A line that is not empty, as fields: each of one word, or of several with commas between them.
 *
 * @param fields at least one, and none of them empty
 * @param end where one more field would stand
 */
record Entry(List<List<Token>> fields, Place end) {
    Token first() {
        return fields.getFirst().getFirst();
    }
}
