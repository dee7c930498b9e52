package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the scanner costs for a statement of 200 bytes: {@code mvn test -Dpgrouter.long=true -Dtest=ScannerCostTest}. */
@Tag("long")
final class ScannerCostTest {
    private static final int ROUNDS = 2_000_000;

    private static final String SQL =
            "SELECT c.id, c.name, o.total, o.placed_at FROM customers c JOIN orders o ON o.customer_id = c.id"
                    + " WHERE c.region = 'north' AND o.total > 1000.50 AND o.state IN ('open', 'paid') ORDER BY o.placed_at LIMIT 20";

    @Test
    void aStatementOf200Bytes() {
        byte[] text = SQL.getBytes(StandardCharsets.UTF_8);
        SqlScanner scanner = new SqlScanner();
        long traits = 0;
        for (int warmUp = 0; warmUp < ROUNDS; warmUp++) {
            traits |= scanner.scan(text, 0, text.length, true);
        }
        long begun = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            traits |= scanner.scan(text, 0, text.length, true);
        }
        long cost = (System.nanoTime() - begun) / ROUNDS;
        System.out.println("scanner: " + cost + " ns for " + text.length + " bytes");
        assertThat(traits).isEqualTo(Traits.READS);
    }
}
