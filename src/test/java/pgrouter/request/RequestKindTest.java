package pgrouter.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import pgrouter.routing.SqlScanner;
import pgrouter.routing.StateTraits;
import pgrouter.routing.Traits;

final class RequestKindTest {
    private static RequestKind of(String... texts) {
        RequestKind kind = new RequestKind();
        SqlScanner scanner = new SqlScanner();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            long traits = scanner.scan(bytes, 0, bytes.length, true);
            kind.add(traits, scanner.state(), scanner.fingerprint());
        }
        return kind;
    }

    @Test
    void aRequestThatBeginsWithBeginOpensOptimistically() {
        assertThat(of("BEGIN").opensOptimistically()).isTrue();
        assertThat(of("BEGIN; SELECT 1").opensOptimistically()).isTrue();
        assertThat(of("BEGIN", "SELECT 1").opensOptimistically()).isTrue();
        assertThat(of("START TRANSACTION ISOLATION LEVEL REPEATABLE READ", "INSERT INTO t VALUES (1)")
                        .opensOptimistically())
                .isTrue();
    }

    @Test
    void noOtherRequestOpensOptimistically() {
        assertThat(of().opensOptimistically()).isFalse();
        assertThat(of("SELECT 1", "BEGIN").opensOptimistically()).isFalse();
        assertThat(of("COMMIT").opensOptimistically()).isFalse();
        assertThat(of("BEGIN READ WRITE").opensOptimistically()).isFalse();
        assertThat(of("BEGIN READ ONLY").opensOptimistically()).isFalse();
        assertThat(of("BEGIN ISOLATION LEVEL SERIALIZABLE").opensOptimistically())
                .isFalse();
    }

    @Test
    void aRequestThatOnlyOpensIsKnownAsSuchWithItsIsolationToo() {
        assertThat(of("BEGIN").isOnlyOpening()).isTrue();
        assertThat(of("BEGIN ISOLATION LEVEL REPEATABLE READ").isOnlyOpening()).isTrue();
        assertThat(of("BEGIN READ ONLY").isOnlyOpening()).isTrue();
        assertThat(of("BEGIN; SELECT 1").isOnlyOpening()).isFalse();
    }

    @Test
    void theFirstTextIsForgottenWithItsRequest() {
        RequestKind kind = of("BEGIN");
        kind.reset();
        kind.addOther(Traits.WRITER, StateTraits.NONE);
        assertThat(kind.opensOptimistically()).isFalse();
    }
}
