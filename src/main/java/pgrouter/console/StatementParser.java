package pgrouter.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import pgrouter.console.Command.Kind;
import pgrouter.protocol.SqlState;

/** Parses texts into {@link Command}s. Keywords are of any case. */
final class StatementParser {
    /** The former name of {@link Table#SERVERS}. */
    private static final String FORMER_SERVERS = "PIPES";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.]*");

    /** Longer texts are cut: a message is one line. */
    private static final int SHOWN = 60;

    private StatementParser() {}

    /**
     * All statements of a text, in their order; none where there is nothing but white space and comments.
     *
     * @throws Rejected where one of them is not a statement of the console
     */
    static List<Command> parse(String text) throws Rejected {
        List<Command> commands = new ArrayList<>();
        for (List<String> words : Scanner.statements(text)) {
            commands.add(command(words));
        }
        return commands;
    }

    private static Command command(List<String> words) throws Rejected {
        List<String> rest = words.subList(1, words.size());
        Optional<Command> command = switch (keyword(words.get(0))) {
            case "SHOW" -> show(rest);
            case "DRAIN" -> argument(rest).map(Command.Drain::new);
            case "RESUME" -> argument(rest).map(Command.Resume::new);
            case "RELOAD" -> alone(rest, new Command.Reload());
            case "FORGET" ->
                exactly(rest, new Command.ForgetLearned(), "LEARNED")
                        .or(() -> exactly(rest, new Command.ForgetShapes(), "SHAPES"));
            case "KILL" -> kill(rest);
            case "SHUTDOWN" ->
                alone(rest, new Command.ShutDown(false))
                        .or(() -> exactly(rest, new Command.ShutDown(true), "IMMEDIATE"));
            case "SELECT" -> constant(rest);
            case "BEGIN", "START" -> Optional.of(new Command.Transaction(Kind.BEGIN));
            case "COMMIT", "END" -> Optional.of(new Command.Transaction(Kind.COMMIT));
            case "ROLLBACK", "ABORT" -> Optional.of(new Command.Transaction(Kind.ROLLBACK));
            case "SET", "RESET", "DISCARD", "DEALLOCATE", "UNLISTEN", "SAVEPOINT", "RELEASE" -> nothing(words);
            default -> Optional.empty();
        };
        return command.orElseThrow(() -> unknown(words));
    }

    private static Rejected unknown(List<String> words) {
        String text = String.join(" ", words);
        String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
        return new Rejected(
                SqlState.SYNTAX_ERROR,
                "this is no statement of the console: " + shown + "; SHOW HELP names all of them");
    }

    private static Optional<Command> show(List<String> words) {
        String name = keyword(String.join(" ", words));
        for (Table table : Table.values()) {
            if (table.name().equals(name)) {
                return Optional.of(new Command.Show(table));
            }
        }
        return switch (name) {
            case FORMER_SERVERS -> Optional.of(new Command.Show(Table.SERVERS));
            case "TRANSACTION ISOLATION LEVEL" -> Optional.of(new Command.Parameter("transaction_isolation"));
            case "TIME ZONE" -> Optional.of(new Command.Parameter("timezone"));
            default ->
                words.size() == 1
                                && NAME.matcher(words.get(0).toLowerCase(Locale.ROOT))
                                        .matches()
                        ? Optional.of(new Command.Parameter(words.get(0).toLowerCase(Locale.ROOT)))
                        : Optional.empty();
        };
    }

    private static Optional<Command> kill(List<String> words) {
        return words.size() == 2
                        && keyword(words.get(0)).equals("CLIENT")
                        && NUMBER.matcher(words.get(1)).matches()
                ? Optional.of(new Command.Kill(Long.parseLong(words.get(1))))
                : Optional.empty();
    }

    private static Optional<Command> constant(List<String> words) {
        return argument(words).filter(word -> NUMBER.matcher(word).matches()).map(Command.Constant::new);
    }

    private static Optional<Command> nothing(List<String> words) {
        String first = keyword(words.get(0));
        boolean all = first.equals("DISCARD") || first.equals("DEALLOCATE");
        boolean tagged = all && words.size() == 2 && keyword(words.get(1)).equals("ALL");
        return Optional.of(new Command.Nothing(tagged ? first + " ALL" : first));
    }

    /** The single argument, which may be quoted. */
    private static Optional<String> argument(List<String> words) {
        return words.size() == 1 ? Optional.of(unquoted(words.get(0))) : Optional.empty();
    }

    private static String unquoted(String word) {
        char first = word.charAt(0);
        boolean quoted = (first == '\'' || first == '"') && word.indexOf(first, 1) == word.length() - 1;
        return quoted ? word.substring(1, word.length() - 1) : word;
    }

    private static Optional<Command> alone(List<String> words, Command command) {
        return words.isEmpty() ? Optional.of(command) : Optional.empty();
    }

    private static Optional<Command> exactly(List<String> words, Command command, String keyword) {
        return words.size() == 1 && keyword(words.get(0)).equals(keyword) ? Optional.of(command) : Optional.empty();
    }

    private static String keyword(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
