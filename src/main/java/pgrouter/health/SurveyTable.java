package pgrouter.health;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import pgrouter.backend.LoginException;
import pgrouter.backend.Reached;
import pgrouter.cluster.ClusterView;
import pgrouter.cluster.Node;
import pgrouter.cluster.Role;
import pgrouter.config.Address;
import pgrouter.config.Health;

/** A line for each backend, in columns. An unknown value is {@code -}. */
final class SurveyTable {
    private static final List<String> TITLES =
            List.of("backend", "address", "reached", "TLS", "login", "role", "timeline", "lag in bytes", "PostgreSQL");

    private SurveyTable() {}

    static String of(Health health, ClusterView view, List<Finding> findings) {
        List<List<String>> lines = new ArrayList<>(List.of(TITLES));
        findings.forEach(finding ->
                view.node(finding.backend().address()).ifPresent(node -> lines.add(cells(health, finding, node))));
        int[] widths = IntStream.range(0, TITLES.size())
                .map(column -> lines.stream()
                        .mapToInt(line -> line.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return lines.stream().map(line -> padded(line, widths)).collect(Collectors.joining());
    }

    private static String padded(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            text.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
        }
        return text.toString().stripTrailing() + "\n";
    }

    private static List<String> cells(Health health, Finding finding, Node node) {
        return List.of(
                finding.backend().address().toString(),
                address(finding),
                reached(finding),
                finding.reached().isEmpty()
                        ? "-"
                        : finding.reached().flatMap(Reached::encryption).orElse("off"),
                login(health, finding),
                node.role() == Role.UNKNOWN ? "-" : node.role().toString(),
                node.timeline() == 0 ? "-" : Integer.toString(node.timeline()),
                node.lag().map(Object::toString).orElse("-"),
                finding.version().orElse("-"));
    }

    private static String address(Finding finding) {
        if (finding.backend().address() instanceof Address.Directory(Path path, int port)) {
            return path.toString();
        }
        Optional<InetAddress> peer = finding.reached().flatMap(Reached::peer);
        List<InetAddress> addresses = peer.map(List::of).orElse(finding.resolved());
        return addresses.isEmpty()
                ? "-"
                : addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(","));
    }

    private static String reached(Finding finding) {
        if (finding.reached().isEmpty()) {
            return "no";
        }
        return finding.backend().address() instanceof Address.Directory ? "Unix" : "TCP";
    }

    private static String login(Health health, Finding finding) {
        if (finding.version().isPresent()) {
            return health.username();
        }
        return finding.trouble()
                .filter(trouble -> trouble instanceof LoginException refused && refused.isRefusal())
                .map(trouble -> ((LoginException) trouble).error().sqlState())
                .orElse("-");
    }
}
