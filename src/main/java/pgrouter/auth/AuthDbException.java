package pgrouter.auth;

import java.util.List;

/** An authdb file cannot be used. The exception has everything that is wrong with it, in the order of the file, and no secret. */
public final class AuthDbException extends Exception {
    private final List<String> problems;

    AuthDbException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Never empty; each is {@code file:line:column: expected X, found Y}. */
    public List<String> problems() {
        return problems;
    }
}
