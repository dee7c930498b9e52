package pgrouter.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The {@code route} block. Several of them add up. */
final class RouteKeys {
    /** Collects the {@code writer} directives. */
    record Writer(List<String> functions, List<TextRule> matching) {
        Writer() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    static final Key<RouteRules, FunctionRule> FUNCTIONS =
            Key.of("functions", Values.FUNCTION_RULE, FunctionRule.CAREFUL, RouteRules::functions);

    static final Key<RouteRules, Writer> WRITER = new Key<>(
            "writer",
            RouteKeys::writer,
            Optional.empty(),
            (directive, route) -> Stream.concat(
                    Setting.each(directive + " function", route.writerFunctions()),
                    Setting.each(directive + " matching", route.writerMatching())));

    static final Key<RouteRules, List<TextRule>> READER = new Key<>(
            "reader",
            RouteKeys::reader,
            Optional.empty(),
            (directive, route) -> Setting.each(directive + " matching", route.readerMatching()));

    static final Block<Config.Fixed, RouteRules> BLOCK =
            Block.of("route", Config.Fixed::route, Entries.of(FUNCTIONS, WRITER, READER));

    private RouteKeys() {}

    static RouteRules of(Given given) {
        Writer writer = given.find(WRITER).orElseGet(Writer::new);
        return new RouteRules(
                given.get(FUNCTIONS),
                writer.functions(),
                writer.matching(),
                given.find(READER).orElse(List.of()));
    }

    private static Optional<Writer> writer(Directive directive, DirectiveReader reader, Optional<Writer> before) {
        Writer writer = before.orElseGet(Writer::new);
        Problems problems = reader.problems();
        switch (kind(directive)) {
            case "function" ->
                argument(directive, problems)
                        .flatMap(token -> function(token, problems))
                        .ifPresent(writer.functions()::add);
            case "matching" ->
                argument(directive, problems)
                        .flatMap(token -> pattern(token, problems))
                        .ifPresent(writer.matching()::add);
            default -> unexpected(directive, "`function NAME` or `matching \"REGEX\"`", problems);
        }
        return Optional.of(writer);
    }

    private static Optional<List<TextRule>> reader(
            Directive directive, DirectiveReader reader, Optional<List<TextRule>> before) {
        List<TextRule> matching = before.orElseGet(ArrayList::new);
        Problems problems = reader.problems();
        if (kind(directive).equals("matching")) {
            argument(directive, problems)
                    .flatMap(token -> pattern(token, problems))
                    .ifPresent(matching::add);
        } else {
            unexpected(directive, "`matching \"REGEX\"`", problems);
        }
        return Optional.of(matching);
    }

    private static String kind(Directive directive) {
        return directive.arguments().isEmpty()
                ? ""
                : directive.arguments().get(0).text().toLowerCase(Locale.ROOT);
    }

    private static void unexpected(Directive directive, String what, Problems problems) {
        Token found = directive.arguments().isEmpty()
                ? directive.end()
                : directive.arguments().get(0);
        problems.expected(what + " after " + directive.name().described(), found);
    }

    private static Optional<Token> argument(Directive directive, Problems problems) {
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

    /** Leaves out the schema: a call may be written without it. */
    private static Optional<String> function(Token token, Problems problems) {
        String name = token.text().substring(token.text().lastIndexOf('.') + 1);
        if (name.isEmpty()) {
            problems.expected("the name of a function", token);
        }
        return Optional.of(name).filter(text -> !text.isEmpty());
    }

    private static Optional<TextRule> pattern(Token token, Problems problems) {
        try {
            return Optional.of(TextRule.of(token.text()));
        } catch (PatternSyntaxException e) {
            problems.expected("a regular expression of Java (" + e.getDescription() + ")", token);
            return Optional.empty();
        }
    }
}
