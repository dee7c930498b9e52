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
    /** The braces of a directive and what is between them. */
    record Block(Token open, List<Directive> directives) {}

    /** The name as a keyword: case does not matter. */
    String keyword() {
        return name.text().toLowerCase(Locale.ROOT);
    }

    /** What is between the braces; nothing where they were left out. */
    List<Directive> inner() {
        return block.map(Block::directives).orElse(List.of());
    }
}
