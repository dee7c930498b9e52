package pgrouter.config;

import java.util.List;

/** The keys of the {@code console} blocks; what is given in several adds up. */
final class ConsoleKeys {
    private final Problems problems;
    private final Section section;
    private final UserNames users;

    ConsoleKeys(Problems problems) {
        this.problems = problems;
        section = new Section(problems);
        users = new UserNames(problems, section);
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
        return users.value();
    }
}
