package pgrouter.testing.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pgrouter.testing.history.Anomaly.Kind;

/**
 * Looks for cycles of committed transactions. A transaction of READ COMMITTED may miss what has come since its earlier statements, so only
 * reads of REPEATABLE READ tell what comes after them. Cycles with two such steps are not looked for: they are what snapshots allow, or
 * come from a standby that shows commits in the order of the WAL, and the primary in the order in which their processes went on.
 */
final class CycleChecks {
    private final History history;
    private final Versions versions;
    private final List<Transaction> committed;
    private final IdentityHashMap<Transaction, Integer> numbers = new IdentityHashMap<>();

    /** From each append to the next one of its list. */
    private final Graph appends;

    /** With those from an append to its readers. */
    private final Graph dependencies;

    private final List<Missed> missed = new ArrayList<>();

    /** A transaction has not seen the append of the other one, which has come next. */
    private record Missed(int reader, int writer) {}

    CycleChecks(History history, Versions versions) {
        this.history = history;
        this.versions = versions;
        this.committed =
                history.transactions().stream().filter(versions::hasCommitted).toList();
        committed.forEach(transaction -> numbers.put(transaction, numbers.size()));
        this.appends = new Graph(committed.size());
        this.dependencies = new Graph(committed.size());
    }

    Stream<Anomaly> anomalies() {
        history.last().forEach(this::addAppends);
        committed.forEach(this::addReads);
        Optional<Anomaly> g0 = cycle(Kind.G0, appends);
        if (g0.isPresent()) {
            return g0.stream();
        }
        Optional<Anomaly> g1c = cycle(Kind.G1C, dependencies);
        return g1c.isPresent() ? g1c.stream() : single();
    }

    private void addAppends(Key key, List<Integer> list) {
        for (int i = 1; i < list.size() && key.isOrdered(); i++) {
            Optional<Integer> from = number(list.get(i - 1));
            Optional<Integer> to = number(list.get(i));
            if (from.isPresent() && to.isPresent()) {
                appends.add(from.get(), to.get());
                dependencies.add(from.get(), to.get());
            }
        }
    }

    private Optional<Integer> number(int element) {
        return versions.writer(element).map(numbers::get);
    }

    private void addReads(Transaction transaction) {
        int reader = numbers.get(transaction);
        for (Operation.Read read : transaction.reads()) {
            if (read.key().isOrdered()) {
                List<Integer> seen = versions.ofOthers(transaction, read);
                if (!seen.isEmpty()) {
                    number(seen.getLast()).ifPresent(writer -> dependencies.add(writer, reader));
                }
                List<Integer> last = history.last().getOrDefault(read.key(), List.of());
                if (transaction.hasOneSnapshot() && seen.size() < last.size()) {
                    number(last.get(seen.size())).ifPresent(writer -> missed.add(new Missed(reader, writer)));
                }
            }
        }
    }

    private Optional<Anomaly> cycle(Kind kind, Graph graph) {
        List<Transaction> cycle = graph.cycle().stream().map(committed::get).toList();
        return cycle.isEmpty() ? Optional.empty() : Optional.of(new Anomaly(kind, cycle.toString()));
    }

    /** Ranks that follow the time keep paths short. */
    private Stream<Anomaly> single() {
        Comparator<Integer> byEnd =
                Comparator.comparingLong(number -> committed.get(number).ended());
        int[] ranks = dependencies.ranks(byEnd);
        return missed.stream()
                .filter(step -> step.reader() != step.writer() && ranks[step.writer()] < ranks[step.reader()])
                .filter(step -> dependencies.leads(step.writer(), step.reader(), ranks))
                .map(step -> new Anomaly(
                        Kind.G_SINGLE, committed.get(step.reader()) + " missed " + committed.get(step.writer())));
    }
}
