package pgrouter.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import pgrouter.config.Token.Kind;

/** The keys that may stand in one block or outside of all blocks, and what each of them does. */
final class Section {
    private final Problems problems;
    private final Map<String, Consumer<Directive>> keys = new LinkedHashMap<>();
    private final Set<String> met = new HashSet<>();

    Section(Problems problems) {
        this.problems = problems;
    }

    /** A key that may be followed by a block. */
    Section block(String key, Consumer<Directive> action) {
        keys.put(key, action);
        return this;
    }

    /** A key with exactly one value and no block. */
    <T> Section value(String key, Value<T> value, Consumer<T> action) {
        return each(key, value, (read, token) -> action.accept(read));
    }

    /** As {@code value}, for an action that wants to know where the value stands. */
    <T> Section each(String key, Value<T> value, BiConsumer<T, Token> action) {
        return block(key, directive -> {
            withoutBlock(directive);
            only(directive, value)
                    .ifPresent(read -> action.accept(read, directive.arguments().get(0)));
        });
    }

    /**
     * Another form of a key that is there already: a word that says what the value behind it is.
     *
     * @param word which alone behind the key is a value as any other
     */
    <T> Section worded(String key, String word, Value<T> value, Consumer<T> action) {
        Consumer<Directive> otherForms = keys.get(key);
        return block(key, directive -> {
            List<Token> arguments = directive.arguments();
            if (arguments.size() < 2 || !Values.isKeyword(arguments.get(0), word)) {
                otherForms.accept(directive);
                return;
            }
            withoutBlock(directive);
            atMost(2, directive);
            read(arguments.get(1), value).ifPresent(action);
        });
    }

    /** Another form of a key that is there already: this word alone behind it. */
    Section bare(String key, String word, Runnable action) {
        Consumer<Directive> otherForms = keys.get(key);
        return block(key, directive -> {
            List<Token> arguments = directive.arguments();
            boolean alone = arguments.size() == 1 && directive.block().isEmpty();
            if (alone && Values.isKeyword(arguments.get(0), word)) {
                action.run();
            } else {
                otherForms.accept(directive);
            }
        });
    }

    void read(List<Directive> directives) {
        for (Directive directive : directives) {
            String keyword = directive.keyword();
            if (directive.name().is(Kind.WORD) && keys.containsKey(keyword)) {
                met.add(keyword);
                keys.get(keyword).accept(directive);
            } else {
                unknown(directive);
            }
        }
    }

    /** Whether the key was there, with a good value or a bad one. */
    boolean met(String key) {
        return met.contains(key);
    }

    /** The one value of a directive, or empty when the problem is reported. */
    <T> Optional<T> only(Directive directive, Value<T> value) {
        if (directive.arguments().isEmpty()) {
            problems.expected(value.what() + " after " + directive.name().described(), directive.end());
            return Optional.empty();
        }
        atMost(1, directive);
        return read(directive.arguments().get(0), value);
    }

    /** From one to so many values, of which those behind the first begin with a digit, and no block. */
    <T> void several(Directive directive, int most, Value<T> value, Consumer<T> action) {
        withoutBlock(directive);
        if (directive.arguments().isEmpty()) {
            problems.expected(value.what() + " after " + directive.name().described(), directive.end());
        }
        long values = directive.arguments().stream()
                .skip(1)
                .limit(most - 1L)
                .takeWhile(Section::isNumber)
                .count();
        atMost(1 + (int) values, directive);
        directive.arguments().stream()
                .limit(1 + values)
                .forEach(token -> read(token, value).ifPresent(action));
    }

    /** A value of the directive's own, or a block of keys, or both. */
    <T> void valued(Directive directive, Value<T> value, Consumer<T> action) {
        if (!directive.arguments().isEmpty() || directive.block().isEmpty()) {
            only(directive, value).ifPresent(action);
        }
        read(directive.inner());
    }

    private static boolean isNumber(Token token) {
        return token.is(Kind.WORD) && Character.isDigit(token.text().charAt(0));
    }

    void withoutBlock(Directive directive) {
        directive.block().ifPresent(block -> problems.expected(theEndOf(directive), block.open()));
    }

    void none(Directive directive) {
        atMost(0, directive);
    }

    void atMost(int allowed, Directive directive) {
        directive.arguments().stream()
                .skip(allowed)
                .findFirst()
                .ifPresent(extra -> problems.expected(theEndOf(directive), extra));
    }

    private <T> Optional<T> read(Token token, Value<T> value) {
        if (token.broken()) {
            return Optional.empty();
        }
        try {
            return Optional.of(value.reader().read(token));
        } catch (Value.Unexpected unexpected) {
            problems.expected(unexpected.getMessage(), token);
            return Optional.empty();
        }
    }

    private static String theEndOf(Directive directive) {
        return "the end of " + directive.name().described();
    }

    private void unknown(Directive directive) {
        Token name = directive.name();
        Optional<String> meant = name.secret() ? Optional.empty() : Suggestion.of(directive.keyword(), keys.keySet());
        if (meant.isPresent()) {
            String hint = "; did you mean `" + meant.get() + "`?";
            problems.at(name, "expected a directive, found " + name.described() + hint);
        } else {
            problems.expected("one of " + String.join(", ", keys.keySet()), name);
        }
    }
}
