package pgrouter.routing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * SQL in a form that an operator may see: on one line, without its literals and comments, which may hold anything.
 * Texts that differ in their literals only look the same.
 */
public final class FoldedText {
    private static final byte LITERAL = '?';

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Tokens tokens = new Tokens();
    private final int most;

    private FoldedText(int most) {
        this.most = most;
    }

    /**
     * @param backslashEscapes whether {@code '...'} knows backslash escapes, as with standard_conforming_strings off
     * @param most the maximum number of bytes that are shown; dots follow a text that is cut
     */
    public static String of(byte[] text, int start, int end, boolean backslashEscapes, int most) {
        FoldedText folded = new FoldedText(most);
        folded.tokens.reset(text, start, end, backslashEscapes);
        folded.fold(text);
        return folded.shown.toString(StandardCharsets.UTF_8);
    }

    private void fold(byte[] text) {
        int behind = tokens.position();
        boolean behindNumber = false;
        for (Tokens.Kind kind = tokens.next(); kind != Tokens.Kind.END; kind = tokens.next()) {
            int start = start(kind);
            boolean apart = start > behind;
            behind = tokens.position();
            if (behindNumber && !apart && kind == Tokens.Kind.WORD) {
                continue;
            }
            if (apart && shown.size() > 0) {
                shown.write(' ');
            }
            boolean plain = isPlain(kind, text[start]);
            if (shown.size() + (plain ? behind - start : 1) > most) {
                shown.writeBytes("...".getBytes(StandardCharsets.US_ASCII));
                return;
            }
            if (plain) {
                shown.write(text, start, behind - start);
            } else {
                shown.write(LITERAL);
            }
            behindNumber = kind == Tokens.Kind.NUMBER;
        }
    }

    /** The start of the token, with the quote that opens a name. */
    private int start(Tokens.Kind kind) {
        return kind == Tokens.Kind.QUOTED || kind == Tokens.Kind.UNCLEAR ? tokens.start() - 1 : tokens.start();
    }

    /**
     * Whether the token is shown: names, symbols and parameters such as {@code $1}; not the rest of a number, as in
     * {@code 0x1f} and {@code 1e5}.
     */
    private static boolean isPlain(Tokens.Kind kind, byte first) {
        return switch (kind) {
            case WORD, QUOTED, SYMBOL -> true;
            case NUMBER -> first == '$';
            case STRING, UNCLEAR, END -> false;
        };
    }
}
