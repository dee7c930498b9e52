package pgrouter.hba;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import pgrouter.config.CountedText.TooCostly;

/**
 * Maps system names to the users that they may log in as: an ident map file as pg_ident.conf
 * ({@code parse_ident_line} and {@code check_usermap} of hba.c). Immutable; any thread.
 */
final class IdentMap {
    static final IdentMap NONE = new IdentMap(List.of());

    private static final String FIRST_GROUP = "\\1";

    private final List<Line> lines;

    private IdentMap(List<Line> lines) {
        this.lines = lines;
    }

    /**
     * One line.
     *
     * @param systemName the name; or the regular expression beside it
     * @param userName as it is written; may have a placeholder for a part of the system name
     */
    private record Line(String map, String systemName, Optional<Regex> systemRegex, String userName, Users users) {
        private boolean hasPlace() {
            return users instanceof Users.Named && userName.contains(FIRST_GROUP);
        }

        private Verdict judge(String system, String user) {
            if (systemRegex.isEmpty()) {
                return verdict(systemName.equals(system) && users.contain(user));
            }
            return systemRegex
                    .get()
                    .search(system)
                    .map(found -> judge(found, user))
                    .orElse(Verdict.SILENT);
        }

        private Verdict judge(MatchResult found, String user) {
            if (!hasPlace()) {
                return verdict(users.contain(user));
            }
            String part = found.group(1);
            return part == null ? Verdict.BROKEN : verdict(filled(part).equals(user));
        }

        /** The user name with the part filled in: a plain name, no keyword. */
        private String filled(String part) {
            int at = userName.indexOf(FIRST_GROUP);
            return userName.substring(0, at) + part + userName.substring(at + FIRST_GROUP.length());
        }

        private static Verdict verdict(boolean allowed) {
            return allowed ? Verdict.ALLOWED : Verdict.SILENT;
        }
    }

    /** The result of one line. A broken line ends the search. */
    private enum Verdict {
        ALLOWED,
        SILENT,
        BROKEN
    }

    static IdentMap of(List<Entry> entries, HbaProblems problems) {
        List<Line> lines = new ArrayList<>();
        for (Entry entry : entries) {
            try {
                lines.add(line(new Fields(entry)));
            } catch (WrongEntry e) {
                problems.at(e.place(), e.getMessage());
            }
        }
        return new IdentMap(List.copyOf(lines));
    }

    private static Line line(Fields fields) throws WrongEntry {
        Token map = fields.one("the name of a map");
        Token system = fields.one("the name by which the system knows somebody");
        Token user = fields.one("a user");
        Optional<Regex> regex = system.isRegex() ? Optional.of(Fields.regex(system)) : Optional.empty();
        Line line = new Line(map.text(), system.text(), regex, user.text(), RuleParser.user(user));
        if (line.hasPlace() && regex.isPresent() && !regex.get().hasGroup()) {
            throw WrongEntry.expected("a group in parentheses, for which the user has a \\1", system);
        }
        return line;
    }

    boolean has(String map) {
        return lines.stream().anyMatch(line -> line.map().equals(map));
    }

    /**
     * Whether this system name may log in as this user.
     *
     * @throws TooCostly where the match of a regular expression takes too long
     */
    boolean allows(String map, String systemName, String user) {
        return lines.stream()
                .filter(line -> line.map().equals(map))
                .map(line -> line.judge(systemName, user))
                .filter(verdict -> verdict != Verdict.SILENT)
                .findFirst()
                .equals(Optional.of(Verdict.ALLOWED));
    }
}
