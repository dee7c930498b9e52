package pgrouter.hba;

import java.util.List;

/**
 * A line that is not empty, as fields. Each field has one word, or several with commas between them.
 *
 * @param fields at least one, and none of them empty
 * @param end the place where one more field would be
 */
record Entry(List<List<Token>> fields, Place end) {
    Token first() {
        return fields.getFirst().getFirst();
    }
}
