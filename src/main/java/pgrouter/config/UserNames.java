package pgrouter.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import pgrouter.config.Token.Kind;

/** The key {@code users NAME, NAME} of a block; what is given several times adds up. */
final class UserNames {
    private final Problems problems;
    private final Section section;
    private final Set<String> users = new LinkedHashSet<>();

    /** @param section that gets the key */
    UserNames(Problems problems, Section section) {
        this.problems = problems;
        this.section = section.block("users", this::read);
    }

    List<String> value() {
        return List.copyOf(users);
    }

    private void read(Directive directive) {
        section.withoutBlock(directive);
        int before = users.size();
        directive.arguments().forEach(token -> users.addAll(names(token)));
        if (users.size() == before && directive.arguments().stream().noneMatch(Token::broken)) {
            problems.expected("names after " + directive.name().described(), directive.end());
        }
    }

    /** A comma is a letter of a word as any other; in quotes it is one of the name. */
    private List<String> names(Token token) {
        if (token.broken()) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (String name : token.is(Kind.STRING)
                ? new String[] {token.text()}
                : token.text().split(",", -1)) {
            if (name.indexOf('\0') >= 0) {
                problems.expected("a name without a NUL character", token);
            } else if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }
}
