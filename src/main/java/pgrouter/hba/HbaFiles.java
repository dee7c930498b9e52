package pgrouter.hba;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.config.ConfigException;

/**
 * Parses the files into rules and maps: text into lines, words and entries ({@link EntryReader}), and entries into
 * rules and maps. One use.
 */
final class HbaFiles {
    private final HbaProblems problems = new HbaProblems();

    Hba read(Path hba, Optional<Path> ident) throws ConfigException {
        List<Entry> entries = new EntryReader(problems).read(hba);
        return of(hba, entries, ident.map(new EntryReader(problems)::read).orElse(List.of()));
    }

    /** The same where the text of both files was read already. */
    Hba parse(Path hba, String hbaText, Path ident, String identText) throws ConfigException {
        List<Entry> entries = new EntryReader(problems).entries(hba, hbaText, 0);
        return of(hba, entries, new EntryReader(problems).entries(ident, identText, 0));
    }

    private Hba of(Path hba, List<Entry> entries, List<Entry> identEntries) throws ConfigException {
        if (entries.isEmpty() && problems.count() == 0) {
            problems.at(new Place(hba.toString(), 1, 1), "expected at least one rule, found none");
        }
        IdentMap idents = IdentMap.of(identEntries, problems);
        List<Rule> rules = rules(entries);
        checkMaps(rules, idents);
        problems.throwIfAny();
        return new Hba(rules, idents);
    }

    private List<Rule> rules(List<Entry> entries) {
        List<Rule> rules = new ArrayList<>();
        for (Entry entry : entries) {
            try {
                rules.add(new RuleParser(entry).parse());
            } catch (WrongEntry e) {
                problems.at(e.place(), e.getMessage());
            }
        }
        return rules;
    }

    /** Checks that each map exists: with a missing one no client could log in. */
    private void checkMaps(List<Rule> rules, IdentMap idents) {
        Set<String> missing = new HashSet<>();
        for (Rule rule : rules) {
            rule.map()
                    .filter(map -> !idents.has(map) && missing.add(map))
                    .ifPresent(map -> problems.at(
                            rule.place(),
                            "expected the map `" + map + "` in the file that `ident FILE` names, found none"));
        }
    }
}
