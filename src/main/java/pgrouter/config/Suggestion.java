package pgrouter.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the keyword that a misspelled word probably stands for. */
final class Suggestion {
    private Suggestion() {}

    /** Returns the candidate with the fewest typing errors, if it has at most two of them (one in a short word). */
    static Optional<String> of(String word, Collection<String> candidates) {
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - word.length()) <= limit(candidate))
                .filter(candidate -> errors(word, candidate) <= limit(candidate))
                .min(Comparator.comparingInt(candidate -> errors(word, candidate)));
    }

    private static int limit(String candidate) {
        return candidate.length() <= 4 ? 1 : 2;
    }

    /** Counts errors by optimal string alignment: an added, missing, wrong or exchanged letter is one error. */
    private static int errors(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, from, i, to, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(int[][] cost, String from, int i, String to, int j) {
        int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean exchanged =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return exchanged ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
