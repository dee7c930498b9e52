package pgrouter.health;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import pgrouter.backend.Connector;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.net.TaskScope;

/** All backends, asked once, so that an administrator sees whether the configuration works, and if not, why. */
public final class Survey {
    private final Health health;
    private final ClusterView view;
    private final List<Finding> findings;

    Survey(Health health, ClusterView view, List<Finding> findings) {
        this.health = health;
        this.view = view;
        this.findings = List.copyOf(findings);
    }

    /** Asks all backends at the same time; returns when each has answered or its time is over. */
    public static Survey of(Connector connector, Health health, List<Backend> backends) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        try (TaskScope scope = new TaskScope("survey")) {
            List<Future<Finding>> asked = backends.stream()
                    .map(backend -> scope.fork(new Examination(connector, health, backend)))
                    .toList();
            for (Future<Finding> finding : asked) {
                findings.add(finding.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        ClusterView view = new ClusterView(backends.stream().map(Node::unknown).toList());
        for (Finding finding : findings) {
            view = finding.news().apply(view);
        }
        return new Survey(health, view, findings);
    }

    /** Whether writes would find a primary. */
    public boolean hasWriter() {
        return view.primary().isPresent();
    }

    /** A table with a line for each backend, then the problem of each and what to do about it, and last the conclusion. */
    public String text() {
        Diagnosis diagnosis = new Diagnosis(health, view);
        String troubles = findings.stream()
                .map(finding -> diagnosis.of(finding).stream()
                        .map(trouble ->
                                finding.backend().address() + ": " + trouble.what() + "\n    " + trouble.hint() + "\n")
                        .collect(Collectors.joining()))
                .collect(Collectors.joining());
        return SurveyTable.of(health, view, findings) + "\n" + troubles + (troubles.isEmpty() ? "" : "\n") + summary()
                + "\n";
    }

    private String summary() {
        String writer = view.primary()
                .map(primary -> "writes go to " + primary.backend().address())
                .orElse("no backend answers as primary: writes would fail");
        return writer + "; " + view.suitableReaders().size() + " of " + findings.size() + " backends take reads";
    }
}
