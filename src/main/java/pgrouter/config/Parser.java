package pgrouter.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.config.Directive.Block;
import pgrouter.config.Token.Kind;

/**
 * Turns tokens into directives. A directive ends at the end of its line, at {@code ;} or with its block; the block may begin on a later
 * line. Blocks do not nest, which keeps this without recursion.
 *
 * <pre>
 * file      = { directive }
 * directive = NAME { value } ( newline | ";" | { newline } "{" { directive } "}" )
 * </pre>
 */
final class Parser {
    private final List<Token> tokens;
    private final Problems problems;
    private int position;

    Parser(List<Token> tokens, Problems problems) {
        this.tokens = tokens;
        this.problems = problems;
    }

    List<Directive> directives() {
        List<Directive> directives = new ArrayList<>();
        while (!peek().is(Kind.END)) {
            switch (peek().kind()) {
                case WORD, STRING -> directives.add(directive());
                case OPEN -> skipBlock("a directive");
                case CLOSE -> problems.expected("a directive", advance());
                case SEMICOLON, NEWLINE, END -> advance();
            }
        }
        return directives;
    }

    private Directive directive() {
        Token name = advance();
        List<Token> arguments = arguments();
        Token end = peek();
        return new Directive(name, arguments, end, blockFollows() ? Optional.of(block(name)) : Optional.empty());
    }

    private List<Token> arguments() {
        List<Token> arguments = new ArrayList<>();
        while (peek().hasText()) {
            arguments.add(advance());
        }
        return arguments;
    }

    private boolean blockFollows() {
        int next = position;
        while (tokens.get(next).is(Kind.NEWLINE)) {
            next++;
        }
        if (!tokens.get(next).is(Kind.OPEN)) {
            return false;
        }
        position = next;
        return true;
    }

    private Block block(Token name) {
        Token open = advance();
        List<Directive> directives = new ArrayList<>();
        while (!peek().is(Kind.CLOSE) && !peek().is(Kind.END)) {
            switch (peek().kind()) {
                case WORD, STRING -> directives.add(inner());
                case OPEN -> skipBlock("a directive or `}`");
                case SEMICOLON, NEWLINE, CLOSE, END -> advance();
            }
        }
        close(name, open);
        return new Block(open, directives);
    }

    private Directive inner() {
        Token name = advance();
        return new Directive(name, arguments(), peek(), Optional.empty());
    }

    private void close(Token name, Token open) {
        if (peek().is(Kind.CLOSE)) {
            advance();
        } else {
            problems.expected("`}` for the `{` of " + name.described() + " on line " + open.line(), peek());
        }
    }

    private void skipBlock(String expected) {
        problems.expected(expected, peek());
        int depth = 0;
        do {
            Token token = advance();
            depth += token.is(Kind.OPEN) ? 1 : 0;
            depth -= token.is(Kind.CLOSE) ? 1 : 0;
        } while (depth > 0 && !peek().is(Kind.END));
    }

    private Token peek() {
        return tokens.get(position);
    }

    private Token advance() {
        return tokens.get(position++);
    }
}
