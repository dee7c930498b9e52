package pgrouter.tls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Parses a cipher list of OpenSSL (openssl-ciphers(1)), as far as it is about suites that this Java has. The list has
 * words and names one after the other. Each adds suites to those before it, or removes them with {@code !} or
 * {@code -}, or moves them to the end with {@code +}. {@code A+B} means the suites of both. Pure.
 *
 * <p>As with OpenSSL, the words are about TLS 1.2. All suites of TLS 1.3 are selected unless the list names some of
 * them by their own names. Where it names nothing else, there is no TLS 1.2.
 */
final class CipherList {
    private final List<String> available;
    private final List<CipherSuite> selected = new ArrayList<>();
    private final Set<CipherSuite> killed = new LinkedHashSet<>();
    private final Set<String> newer = new LinkedHashSet<>();
    private final Set<String> excludedNewer = new LinkedHashSet<>();

    private CipherList(List<String> available) {
        this.available = available;
    }

    /** The text says what is wrong with a list. */
    static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    /**
     * @param available the names of the suites that may be selected, in the order in which to prefer them
     * @return some of them, at least one
     */
    static List<String> select(String list, List<String> available) throws Refused {
        CipherList selection = new CipherList(available);
        for (String item : list.trim().split("[:,; ]+|(?<=[^:,; ])(?=@)")) {
            selection.apply(item);
        }
        return selection.result();
    }

    private void apply(String item) throws Refused {
        String words = item.replaceFirst("^[!+-]", "");
        if (available.contains(words) && CipherSuite.of(words).isEmpty()) {
            (item.equals(words) ? newer : excludedNewer).add(words);
            return;
        }
        switch (item.isEmpty() ? ' ' : item.charAt(0)) {
            case '!' -> kill(meant(words));
            case '-' -> selected.removeIf(meant(words));
            case '+' -> moveToEnd(meant(words));
            case '@' -> command(item);
            default -> suites().filter(meant(words)).forEach(this::add);
        }
    }

    private Stream<CipherSuite> suites() {
        return available.stream().flatMap(name -> CipherSuite.of(name).stream());
    }

    private void add(CipherSuite suite) {
        if (!selected.contains(suite) && !killed.contains(suite)) {
            selected.add(suite);
        }
    }

    private void kill(Predicate<CipherSuite> meant) {
        suites().filter(meant).forEach(killed::add);
        selected.removeIf(meant);
    }

    private void moveToEnd(Predicate<CipherSuite> meant) {
        List<CipherSuite> moved = selected.stream().filter(meant).toList();
        selected.removeAll(moved);
        selected.addAll(moved);
    }

    private void command(String item) throws Refused {
        switch (item) {
            case "@STRENGTH" ->
                selected.sort(Comparator.comparingInt(CipherSuite::bits).reversed());
            // All suites that Java accepts are stronger than level 2, of 112 bits.
            case "@SECLEVEL=0", "@SECLEVEL=1", "@SECLEVEL=2" -> {}
            default -> throw unknown(item);
        }
    }

    private static Predicate<CipherSuite> meant(String words) throws Refused {
        for (String word : words.split("\\+", -1)) {
            if (!isKnown(word)) {
                throw unknown(word);
            }
        }
        return suite -> Stream.of(words.split("\\+")).allMatch(suite::isMeantBy);
    }

    /** Whether a word is known. The name of a suite may be that of another Java, or of OpenSSL only. An unknown word is an error. */
    private static boolean isKnown(String word) {
        return CipherSuite.isWord(word) || word.contains("-") || word.matches("(TLS|SSL)_\\w+");
    }

    private static Refused unknown(String word) {
        String found = word.matches("[\\w.@=]{1,40}") ? "`" + word + "`" : "something else";
        return new Refused("expected names of ciphers or OpenSSL's words for them, found " + found);
    }

    private List<String> result() throws Refused {
        List<String> result = new ArrayList<>(newer);
        if (newer.isEmpty()) {
            available.stream()
                    .filter(name -> CipherSuite.of(name).isEmpty() && !excludedNewer.contains(name))
                    .forEach(result::add);
        }
        if (newer.isEmpty() && selected.isEmpty()) {
            throw new Refused("expected at least one cipher that this Java has, found none in the list");
        }
        selected.forEach(suite -> result.add(suite.name()));
        return result;
    }
}
