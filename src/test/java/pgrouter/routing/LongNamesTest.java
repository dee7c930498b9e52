package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The server takes the first 63 bytes of a name, in whole characters, and finds by them what a text means with more. */
final class LongNamesTest {
    private final SqlScanner scanner = new SqlScanner();

    private boolean isForWriter(String sql, String suspicious) {
        scanner.suspects(
                SuspectNames.of(Map.of(suspicious, SuspectNames.Suspect.of(Traits.WRITER | Traits.MAY_WRITE)), false));
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return Traits.has(scanner.scan(text, 0, text.length, true), Traits.WRITER);
    }

    @Test
    void aNameIsFoundWhateverStandsAfterItsFirst63Bytes() {
        String name = "v".repeat(63);
        assertThat(isForWriter("SELECT * FROM " + name, name)).isTrue();
        assertThat(isForWriter("SELECT * FROM " + name + "iew", name)).isTrue();
        assertThat(isForWriter("SELECT * FROM " + name.toUpperCase(Locale.ROOT) + "IEW", name))
                .isTrue();
        assertThat(isForWriter("SELECT * FROM \"" + name + "iew\"", name)).isTrue();
        assertThat(isForWriter("SELECT * FROM " + name.substring(1), name)).isFalse();
        assertThat(isForWriter("SELECT * FROM " + name.substring(1) + "iew", name))
                .isFalse();
    }

    @Test
    void aCharacterIsTakenWholeOrNotAtAll() {
        String name = "ä".repeat(31);
        assertThat(isForWriter("SELECT * FROM " + name + "ä", name)).isTrue();
        assertThat(isForWriter("SELECT * FROM \"" + name + "äb\"", name)).isTrue();
        assertThat(isForWriter("SELECT * FROM " + name + "b", name)).isFalse();
        assertThat(isForWriter("SELECT * FROM " + name + "bc", name + "b")).isTrue();
    }

    @Test
    void twoQuotesAreOneByteOfAName() {
        String name = "\"".repeat(3) + "v".repeat(60);
        String quoted = name.replace("\"", "\"\"");
        assertThat(isForWriter("SELECT * FROM \"" + quoted + "\"", name)).isTrue();
        assertThat(isForWriter("SELECT * FROM \"" + quoted + "iew\"", name)).isTrue();
        assertThat(isForWriter("SELECT * FROM \"" + "v".repeat(62) + "\"\"iew\"", "v".repeat(62) + "\""))
                .isTrue();
    }

    /** What the server is asked about is called there as it is in the catalog. */
    @Test
    void theNameOfAPreparedStatementIsCutToo() {
        byte[] text = ("PREPARE " + "p".repeat(70) + " AS SELECT 1").getBytes(StandardCharsets.UTF_8);
        scanner.scan(text, 0, text.length, true);
        assertThat(scanner.statements()).containsExactly("p".repeat(63));
    }
}
