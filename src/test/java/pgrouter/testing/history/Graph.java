package pgrouter.testing.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** A directed graph of the numbers from 0 on. Not thread-safe. */
final class Graph {
    private final List<List<Integer>> next = new ArrayList<>();
    private final List<List<Integer>> previous = new ArrayList<>();

    Graph(int size) {
        for (int i = 0; i < size; i++) {
            next.add(new ArrayList<>());
            previous.add(new ArrayList<>());
        }
    }

    void add(int from, int to) {
        if (from != to) {
            next.get(from).add(to);
            previous.get(to).add(from);
        }
    }

    /**
     * Returns for each number its rank in an order in which all edges point forward, or -1 where it is on a cycle or after one.
     *
     * @param preferred decides between numbers that may both be next
     */
    int[] ranks(Comparator<Integer> preferred) {
        int[] ranks = new int[next.size()];
        Arrays.fill(ranks, -1);
        int[] open = new int[next.size()];
        PriorityQueue<Integer> free = new PriorityQueue<>(preferred);
        for (int i = 0; i < open.length; i++) {
            open[i] = previous.get(i).size();
            if (open[i] == 0) {
                free.add(i);
            }
        }
        for (int rank = 0; !free.isEmpty(); rank++) {
            int number = free.remove();
            ranks[number] = rank;
            for (int to : next.get(number)) {
                if (--open[to] == 0) {
                    free.add(to);
                }
            }
        }
        return ranks;
    }

    /** Returns the numbers of one cycle, or none where there is no cycle. */
    List<Integer> cycle() {
        int[] ranks = ranks(Comparator.naturalOrder());
        for (int i = 0; i < ranks.length; i++) {
            if (ranks[i] < 0) {
                return cycleBefore(i, ranks);
            }
        }
        return List.of();
    }

    /** Each number without a rank has one without a rank before it. */
    private List<Integer> cycleBefore(int start, int[] ranks) {
        List<Integer> path = new ArrayList<>();
        int at = start;
        while (!path.contains(at)) {
            path.add(at);
            at = previous.get(at).stream().filter(i -> ranks[i] < 0).findFirst().orElseThrow();
        }
        return path.subList(path.indexOf(at), path.size()).reversed();
    }

    /**
     * Whether a path leads from one number to another, in a graph without cycles.
     *
     * @param ranks of this graph
     */
    boolean leads(int from, int to, int[] ranks) {
        BitSet reached = new BitSet();
        ArrayDeque<Integer> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty() && !reached.get(to)) {
            for (int more : next.get(open.remove())) {
                if (ranks[more] <= ranks[to] && !reached.get(more)) {
                    reached.set(more);
                    open.add(more);
                }
            }
        }
        return reached.get(to);
    }
}
