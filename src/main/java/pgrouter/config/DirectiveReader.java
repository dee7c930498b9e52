package pgrouter.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.config.Token.Kind;

/**
 * Reads directives as they are declared, and reports what does not fit. Used by the thread that reads the file.
 *
 * @param given gets the values
 */
record DirectiveReader(Problems problems, Source source, Given given) {
    /** Returns a reader of the same file for other values. */
    DirectiveReader into(Given other) {
        return new DirectiveReader(problems, source, other);
    }

    void read(List<Directive> directives, Entries<?> entries) {
        for (Directive directive : directives) {
            Optional<? extends Entry<?>> entry =
                    directive.name().is(Kind.WORD) ? entries.find(directive.keyword()) : Optional.empty();
            entry.ifPresentOrElse(known -> known.read(directive, this), () -> unknown(directive, entries));
        }
    }

    private void unknown(Directive directive, Entries<?> entries) {
        Token name = directive.name();
        Optional<String> meant = name.secret() ? Optional.empty() : Suggestion.of(directive.keyword(), entries.names());
        if (meant.isPresent()) {
            String hint = "; did you mean `" + meant.get() + "`?";
            problems.at(name, "expected a directive, found " + name.described() + hint);
        } else {
            problems.expected("one of " + String.join(", ", entries.names()), name);
        }
    }

    /** Reads the first argument and reports the others. Empty if there is none or it is wrong, which is reported. */
    <T> Optional<T> only(Directive directive, Value<T> value) {
        if (directive.arguments().isEmpty()) {
            missing(directive, value);
            return Optional.empty();
        }
        atMost(1, directive);
        return value(directive.arguments().get(0), value);
    }

    /** Reads one to {@code most} arguments, of which all but the first begin with a digit. No block. */
    <T> List<T> several(Directive directive, int most, Value<T> value) {
        withoutBlock(directive);
        if (directive.arguments().isEmpty()) {
            missing(directive, value);
        }
        long numbers = directive.arguments().stream()
                .skip(1)
                .limit(most - 1L)
                .takeWhile(DirectiveReader::isNumber)
                .count();
        atMost(1 + (int) numbers, directive);
        List<T> values = new ArrayList<>();
        directive.arguments().stream()
                .limit(1 + numbers)
                .forEach(token -> value(token, value).ifPresent(values::add));
        return values;
    }

    private static boolean isNumber(Token token) {
        return token.is(Kind.WORD) && Character.isDigit(token.text().charAt(0));
    }

    private void missing(Directive directive, Value<?> value) {
        problems.expected(value.what() + " after " + directive.name().described(), directive.end());
    }

    void withoutBlock(Directive directive) {
        directive.block().ifPresent(block -> problems.expected(theEndOf(directive), block.open()));
    }

    /** Reports the first argument beyond so many. */
    void atMost(int allowed, Directive directive) {
        directive.arguments().stream()
                .skip(allowed)
                .findFirst()
                .ifPresent(extra -> problems.expected(theEndOf(directive), extra));
    }

    private static String theEndOf(Directive directive) {
        return "the end of " + directive.name().described();
    }

    /** Reads one token. Empty if it is wrong, which is reported. */
    <T> Optional<T> value(Token token, Value<T> value) {
        if (token.broken()) {
            return Optional.empty();
        }
        try {
            return Optional.of(value.reader().read(token, source));
        } catch (Value.Unexpected unexpected) {
            problems.expected(unexpected.getMessage(), token);
            return Optional.empty();
        }
    }
}
