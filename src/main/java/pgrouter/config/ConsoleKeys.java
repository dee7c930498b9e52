package pgrouter.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import pgrouter.config.Token.Kind;

/** The keys of the {@code console} blocks; what is given in several adds up. */
final class ConsoleKeys {
    private final Problems problems;
    private final Section section;
    private final Set<String> users = new LinkedHashSet<>();

    ConsoleKeys(Problems problems) {
        this.problems = problems;
        section = new Section(problems).block("users", this::users);
    }

    /** A console without a user would be one that nobody may use, and a mistake. */
    void read(Directive directive) {
        section.none(directive);
        section.read(directive.inner());
        if (!section.met("users")) {
            problems.expected("`{ users NAME, NAME }` after " + directive.name().described(), directive.end());
        }
    }

    List<String> value() {
        return List.copyOf(users);
    }

    private void users(Directive directive) {
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
