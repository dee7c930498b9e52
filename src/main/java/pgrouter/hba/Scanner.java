package pgrouter.hba;

import java.util.Optional;

/**
 * Splits a line into words ({@code next_token} of hba.c). They end at blanks, commas and {@code #}, except within
 * double quotes. Two double quotes there mean one.
 */
final class Scanner {
    private final Line line;
    private final HbaProblems problems;
    private final String text;
    private int position;

    Scanner(Line line, HbaProblems problems) {
        this.line = line;
        this.problems = problems;
        this.text = line.text();
    }

    /** @param more whether a comma follows: then the next word belongs to the same field */
    record Word(Token token, boolean more) {}

    /** @return empty at the end of the line, or where a comment begins */
    Optional<Word> next() {
        while (position < text.length() && (isBlank() || text.charAt(position) == ',')) {
            position++;
        }
        int start = position;
        StringBuilder word = new StringBuilder();
        Quoting quoting = new Quoting();
        while (position < text.length() && !endsWord(quoting)) {
            char letter = text.charAt(position++);
            if (quoting.isText(letter, word.isEmpty())) {
                word.append(letter);
            }
        }
        if (quoting.open) {
            problems.at(line.place(start), "expected a closing \", found end of line");
        }
        boolean more = position < text.length() && text.charAt(position) == ',';
        return quoting.seen || !word.isEmpty()
                ? Optional.of(new Word(new Token(word.toString(), quoting.first, line, start), more))
                : Optional.empty();
    }

    /** Whether the word ends here. A comment is skipped as a whole. */
    private boolean endsWord(Quoting quoting) {
        if (quoting.open) {
            return false;
        }
        if (text.charAt(position) == '#') {
            position = text.length();
            return true;
        }
        return isBlank() || text.charAt(position) == ',';
    }

    private boolean isBlank() {
        char letter = text.charAt(position);
        return letter == ' ' || letter == '\t' || letter == '\r';
    }

    /** The state of the quotes within a word. */
    private static final class Quoting {
        private boolean open;
        private boolean seen;

        /** Whether a quote came before any letter. */
        private boolean first;

        /** Whether the letter before was a quote that closed a part of the word: then another one is meant as a letter. */
        private boolean justClosed;

        /** Whether the letter is part of the word. */
        boolean isText(char letter, boolean nothingYet) {
            boolean quote = letter == '"';
            boolean meant = !quote || justClosed;
            justClosed = quote && open;
            if (quote) {
                open = !open;
                seen = true;
                first |= nothingYet && !meant;
            }
            return meant;
        }
    }
}
