package pgrouter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The value of search_path, read as the server does. */
final class SearchPathTest {
    private static Optional<Set<String>> schemas(String value) {
        return SearchPath.of(value, Optional.of("app")).map(SearchPath::schemas);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "$user", public   | app public
        $user,public      | app public
        Sales,"Sales"     | sales Sales
        "a,b" , "c""d"    | a,b c"d
        `  a  ,\tb `      | a b
        a"b               | a"b
        ``                |
        "", x             | x
        """)
    void theSchemasAreThoseOfTheListAndPostgresqlsOwn(String value, String expected) {
        Set<String> named =
                expected == null ? Set.of() : Stream.of(expected.split(" ")).collect(Collectors.toSet());
        Set<String> found = schemas(value).orElseThrow();
        assertThat(found).containsAll(named).contains("pg_catalog");
        assertThat(found.stream().filter(name -> !name.isEmpty())).hasSize(named.size() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "\"a", "a,", ",a", "a,,b", "\"a\"b", "größe", "\"größe\""})
    void whatIsNotCertainIsNoPath(String value) {
        assertThat(schemas(value)).isEmpty();
    }

    @Test
    void whatTheServerCutsIsNoPath() {
        assertThat(schemas("s".repeat(63))).isPresent();
        assertThat(schemas("s".repeat(64))).isEmpty();
    }

    @Test
    void theSchemaOfAUserThatIsNotKnownIsNoPath() {
        assertThat(SearchPath.of("\"$user\", public", Optional.empty())).isEmpty();
        assertThat(SearchPath.of("public", Optional.empty())).isPresent();
    }

    @Test
    void theSameSchemasAreTheSamePath() {
        assertThat(SearchPath.of("a, b", Optional.empty())).isEqualTo(SearchPath.of("b,\"a\"", Optional.empty()));
    }
}
