package pgrouter;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** Asks for a password: twice at a terminal, without showing it, else once on the standard input. Blocks. */
final class NewPassword {
    /** The input cannot be a password; the message is one line that says why, without it. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        private Unusable(String message) {
            super(message);
        }
    }

    /** {@code PG_MAX_AUTH_TOKEN_LENGTH} of libpq/auth.h, in bytes: the longest that PostgreSQL takes. */
    private static final int LONGEST = 65535;

    private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/.*|tty.*|console)");

    private NewPassword() {}

    /**
     * @param user is shown
     * @return neither empty nor with a zero
     */
    static String of(String user, InputStream in) throws Unusable, IOException {
        Optional<Console> console = console();
        return console.isPresent() ? typed(console.get(), user) : line(in);
    }

    /** JDK 22 to 24 have another console, which is also there without a terminal; this property is read when the first is asked for. */
    private static Optional<Console> console() {
        System.setProperty("jdk.console", "java.base");
        return Optional.ofNullable(System.console());
    }

    private static String typed(Console console, String user) throws Unusable {
        String password = typed(console, "Password for ", user);
        require(!Unreadable.isIn(password), "the password " + Unreadable.REASON);
        require(password.equals(typed(console, "Once more for ", user)), "the two passwords are not the same");
        return password;
    }

    private static String typed(Console console, String question, String user) throws Unusable {
        char[] typed = console.readPassword("%s%s: ", question, user);
        require(typed != null, "no password was given");
        String password = new String(typed);
        Arrays.fill(typed, '\0');
        return usable(password);
    }

    private static String line(InputStream in) throws Unusable, IOException {
        require(!isTerminal(), "the password would be seen as it is typed: the output must be the terminal too");
        byte[] line = bytes(in);
        require(line.length <= LONGEST, "the password is longer than " + LONGEST + " bytes");
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            return usable(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        } catch (CharacterCodingException e) {
            throw new Unusable("the password is not UTF-8");
        }
    }

    /** Without a console, because the output goes elsewhere. */
    private static boolean isTerminal() {
        try {
            return TERMINAL.matcher(Path.of("/dev/stdin").toRealPath().toString())
                    .matches();
        } catch (IOException notAFile) {
            return false;
        }
    }

    private static byte[] bytes(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n' && line.size() <= LONGEST) {
            line.write(next);
            next = in.read();
        }
        return line.toByteArray();
    }

    private static String usable(String password) throws Unusable {
        require(!password.isEmpty(), "the password is empty");
        require(password.indexOf('\0') < 0, "the password has a zero byte");
        return password;
    }

    private static void require(boolean condition, String otherwise) throws Unusable {
        if (!condition) {
            throw new Unusable(otherwise);
        }
    }
}
