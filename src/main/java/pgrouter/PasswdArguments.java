package pgrouter;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words after {@code passwd}. One use. */
final class PasswdArguments {
    private final List<String> words;
    private final List<String> operands = new ArrayList<>();
    private boolean md5;
    private boolean list;

    PasswdArguments(List<String> words) {
        this.words = words;
    }

    Arguments read() {
        int endOfOptions = words.contains("--") ? words.indexOf("--") : words.size();
        for (String word : words.subList(0, endOfOptions)) {
            Optional<Arguments> end = word(word);
            if (end.isPresent()) {
                return end.get();
            }
        }
        operands.addAll(words.subList(Math.min(endOfOptions + 1, words.size()), words.size()));
        return list ? list() : user();
    }

    private Optional<Arguments> word(String word) {
        switch (word) {
            case "--md5" -> md5 = true;
            case "--import" -> list = true;
            case "-h", "--help" -> {
                return Optional.of(new Arguments.Help());
            }
            default -> {
                if (word.startsWith("-") && word.length() > 1) {
                    return Optional.of(new Arguments.Misused("unknown option " + word));
                }
                operands.add(word);
            }
        }
        return Optional.empty();
    }

    private Arguments list() {
        if (md5) {
            return new Arguments.Misused("options --md5 and --import exclude each other");
        }
        if (operands.size() != 1) {
            return new Arguments.Misused("passwd --import needs FILE and nothing else: the users come from stdin");
        }
        return file().<Arguments>map(Arguments.Import::new).orElseGet(PasswdArguments::noFile);
    }

    /** Shows no word that is too many: it may be the password. */
    private Arguments user() {
        if (operands.size() != 2) {
            return new Arguments.Misused("passwd needs FILE and USER and nothing else: it asks for the password");
        }
        String user = operands.getLast();
        if (user.isEmpty()) {
            return new Arguments.Misused("passwd needs a USER that is not empty");
        }
        if (Unreadable.isIn(user)) {
            return new Arguments.Misused("USER " + Unreadable.REASON);
        }
        return file().<Arguments>map(file -> new Arguments.Passwd(file, user, md5))
                .orElseGet(PasswdArguments::noFile);
    }

    private Optional<Path> file() {
        try {
            return Optional.of(operands.getFirst())
                    .filter(text -> !text.isEmpty())
                    .map(Path::of);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Arguments noFile() {
        return new Arguments.Misused("passwd needs a FILE whose name this system allows");
    }
}
