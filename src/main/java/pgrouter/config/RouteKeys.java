package pgrouter.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** The keys of the {@code route} blocks; what is given in several adds up. */
final class RouteKeys {
    private final Problems problems;
    private final Section section;
    private final Setting<FunctionRule> functions = new Setting<>();
    private final List<String> writerFunctions = new ArrayList<>();
    private final List<TextRule> writerMatching = new ArrayList<>();
    private final List<TextRule> readerMatching = new ArrayList<>();

    RouteKeys(Problems problems) {
        this.problems = problems;
        section = new Section(problems)
                .value("functions", Values.FUNCTION_RULE, functions::set)
                .block("writer", this::writer)
                .block("reader", this::reader);
    }

    void read(Directive directive) {
        section.none(directive);
        section.read(directive.inner());
    }

    RouteRules value() {
        return new RouteRules(
                functions.or(RouteRules.DEFAULT.functions()), writerFunctions, writerMatching, readerMatching);
    }

    private void writer(Directive directive) {
        String kind = kind(directive);
        switch (kind) {
            case "function" -> argument(directive).ifPresent(token -> function(token));
            case "matching" -> argument(directive).flatMap(this::pattern).ifPresent(writerMatching::add);
            default -> unexpected(directive, "`function NAME` or `matching \"REGEX\"`");
        }
    }

    private void reader(Directive directive) {
        if (kind(directive).equals("matching")) {
            argument(directive).flatMap(this::pattern).ifPresent(readerMatching::add);
        } else {
            unexpected(directive, "`matching \"REGEX\"`");
        }
    }

    private static String kind(Directive directive) {
        return directive.arguments().isEmpty()
                ? ""
                : directive.arguments().get(0).text().toLowerCase(Locale.ROOT);
    }

    private void unexpected(Directive directive, String what) {
        Token found = directive.arguments().isEmpty()
                ? directive.end()
                : directive.arguments().get(0);
        problems.expected(what + " after " + directive.name().described(), found);
    }

    private Optional<Token> argument(Directive directive) {
        directive.block().ifPresent(block -> problems.expected("no block here", block.open()));
        if (directive.arguments().size() != 2) {
            Token found =
                    directive.arguments().size() > 2 ? directive.arguments().get(2) : directive.end();
            problems.expected("one value after " + directive.arguments().get(0).described(), found);
            return Optional.empty();
        }
        Token token = directive.arguments().get(1);
        return token.broken() ? Optional.empty() : Optional.of(token);
    }

    /** A schema before the name says nothing: a call may be written without it. */
    private void function(Token token) {
        String name = token.text().substring(token.text().lastIndexOf('.') + 1);
        if (name.isEmpty()) {
            problems.expected("the name of a function", token);
        } else {
            writerFunctions.add(name);
        }
    }

    private Optional<TextRule> pattern(Token token) {
        try {
            return Optional.of(TextRule.of(token.text()));
        } catch (PatternSyntaxException e) {
            problems.expected("a regular expression of Java (" + e.getDescription() + ")", token);
            return Optional.empty();
        }
    }
}
