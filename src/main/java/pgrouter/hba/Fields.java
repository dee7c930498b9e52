package pgrouter.hba;

import java.util.List;
import java.util.regex.PatternSyntaxException;

/** Reads the fields of an entry one after the other, and reports a missing one. One use. */
final class Fields {
    private final Entry entry;
    private int position;

    Fields(Entry entry) {
        this.entry = entry;
    }

    boolean atEnd() {
        return position == entry.fields().size();
    }

    /** @param what the field that is expected here */
    List<Token> several(String what) throws WrongEntry {
        if (atEnd()) {
            throw new WrongEntry(entry.end(), "expected " + what + ", found end of line");
        }
        return entry.fields().get(position++);
    }

    /** The only word of a field. */
    Token one(String what) throws WrongEntry {
        List<Token> field = several(what);
        if (field.size() > 1) {
            throw WrongEntry.expected("a space behind " + what, field.get(1));
        }
        return field.getFirst();
    }

    static Regex regex(Token token) throws WrongEntry {
        try {
            return Regex.of(token.text().substring(1));
        } catch (PatternSyntaxException e) {
            throw WrongEntry.expected("a regular expression (" + e.getDescription() + ")", token);
        }
    }
}
