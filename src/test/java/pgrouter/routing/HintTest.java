package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HintTest {
    private static long hint(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return Hint.in(bytes, 0, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/* pgrouter: writer */ SELECT 1",
                "/*pgrouter:writer*/SELECT 1",
                " \n/* PgRouter : Writer */ SELECT 1",
                "/* from the ORM */ /* pgrouter: writer */ SELECT 1",
                "/* nested /* comment */ */\n/* pgrouter: writer */ SELECT 1"
            })
    void aLeadingCommentAsksForTheWriter(String sql) {
        assertThat(hint(sql)).isEqualTo(Traits.HINT_WRITER);
    }

    @Test
    void aLeadingCommentAsksForAReader() {
        assertThat(hint("/* pgrouter: reader */ SELECT 1")).isEqualTo(Traits.HINT_READER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 /* pgrouter: writer */",
                "/* pgrouter: writers */ SELECT 1",
                "/* pgrouter writer */ SELECT 1",
                "/* pgrouter: writer, please */ SELECT 1",
                "/* /* pgrouter: writer */ */ SELECT 1",
                "-- pgrouter: writer\nSELECT 1",
                "/* pgrouter: writer",
                "/* pgrouter: writer *",
                "/*",
                "/",
                ""
            })
    void anythingElseIsNoHint(String sql) {
        assertThat(hint(sql)).isEqualTo(Traits.NONE);
    }
}
