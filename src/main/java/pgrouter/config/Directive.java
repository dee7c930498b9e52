package pgrouter.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One directive as written: {@code NAME VALUE... { DIRECTIVE... }}.
 *
 * @param end the token that ended the arguments, where a missing one is reported
 */
record Directive(Token name, List<Token> arguments, Token end, Optional<Block> block) {
    /** The braces of a directive and the directives between them. */
    record Block(Token open, List<Directive> directives) {}

    /** Returns the name in lower case. */
    String keyword() {
        return name.text().toLowerCase(Locale.ROOT);
    }

    /** Returns the directives between the braces; none if there are no braces. */
    List<Directive> inner() {
        return block.map(Block::directives).orElse(List.of());
    }
}
