package pgrouter.hba;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pgrouter.config.ConfigException;

/** The files to rules and maps: text to lines, words, entries ({@link EntryReader}), and those to what they mean. One use. */
final class HbaFiles {
    private final HbaProblems problems = new HbaProblems();

    Hba read(Path hba, Optional<Path> ident) throws ConfigException {
        List<Entry> entries = new EntryReader(problems).read(hba);
        return of(hba, entries, ident.map(new EntryReader(problems)::read).orElse(List.of()));
    }

    /** The same where the text of both files is there already. */
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

    /** With a map that is not there nobody could log in. */
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
