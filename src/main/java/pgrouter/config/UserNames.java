package pgrouter.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import pgrouter.config.Token.Kind;

/** The key {@code users NAME, NAME} of a block. Several of them add up. */
final class UserNames {
    private UserNames() {}

    /** Declares the key. */
    static <O> Key<O, Set<String>> key(Function<O, List<String>> part) {
        return new Key<>(
                "users",
                UserNames::read,
                Optional.empty(),
                (directive, owner) -> Stream.of(row(directive, part.apply(owner))));
    }

    private static Setting row(String directive, List<String> names) {
        return Setting.of(directive, Optional.of(String.join(", ", names)).filter(text -> !text.isEmpty()));
    }

    static List<String> of(Given given, Key<?, Set<String>> key) {
        return List.copyOf(given.find(key).orElse(Set.of()));
    }

    private static Optional<Set<String>> read(
            Directive directive, DirectiveReader reader, Optional<Set<String>> before) {
        reader.withoutBlock(directive);
        Set<String> users = before.orElseGet(LinkedHashSet::new);
        int size = users.size();
        directive.arguments().forEach(token -> users.addAll(names(token, reader.problems())));
        if (users.size() == size && directive.arguments().stream().noneMatch(Token::broken)) {
            reader.problems().expected("names after " + directive.name().described(), directive.end());
        }
        return Optional.of(users);
    }

    /** A comma separates names in a word; in quotes it is part of the name. */
    private static List<String> names(Token token, Problems problems) {
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
