package pgrouter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pgrouter.backend.Connector;
import pgrouter.config.Backend;
import pgrouter.config.Health;
import pgrouter.config.RouteRules;
import pgrouter.routing.Catalogs;
import pgrouter.routing.Catalogs.Catalog;
import pgrouter.routing.SearchPath;
import pgrouter.routing.SqlScanner;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.Traits;
import pgrouter.testing.Await;

/** A name is suspicious only where the session looks for it, or where its schema stands before it. */
final class PathsTest {
    private static final Health HEALTH =
            new Health(Duration.ofSeconds(5), Duration.ofSeconds(1), "postgres", "pgrouter", "sekrit");

    /** It catches what a standby refuses. */
    private static final String CATCHES = "BEGIN INSERT INTO log VALUES (1); EXCEPTION WHEN OTHERS THEN NULL; END";

    private static final String USUAL = "\"$user\", public";

    private final SqlScanner scanner = new SqlScanner();
    private CatalogServer server;

    @BeforeEach
    void start() throws Exception {
        server = new CatalogServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static Optional<SearchPath> path(String value) {
        return SearchPath.of(value, Optional.of("app"));
    }

    private Findings read() throws Exception {
        Backend primary = server.view(1).primary().orElseThrow().backend();
        try (CatalogConnection connection = new CatalogConnection(new Connector(), () -> HEALTH, "app")) {
            return connection.read(primary, RouteRules.DEFAULT).findings();
        }
    }

    /** Whether a text is for the primary in a session of this path. */
    private boolean isForWriter(String path, String sql) throws Exception {
        Findings findings = read();
        return isForWriter(findings.under(findings.reached(path(path).orElseThrow())), sql);
    }

    private boolean isForWriter(SuspectNames suspects, String sql) {
        scanner.suspects(suspects);
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return Traits.has(scanner.scan(text, 0, text.length, true), Traits.WRITER);
    }

    @Test
    void aNameInASchemaThatIsNotSearchedIsNobodysElse() throws Exception {
        server.function("mallory", "lower", CATCHES);
        assertThat(isForWriter(USUAL, "SELECT lower(name) FROM users")).isFalse();
        assertThat(isForWriter("mallory, public", "SELECT lower(name) FROM users"))
                .isTrue();
        assertThat(isForWriter("\"mallory\"", "SELECT LOWER(name) FROM users")).isTrue();
    }

    /** A check of the functions on the standby costs a question for each read. */
    @Test
    void whoDoesNotFindItNeedNotCheckIt() throws Exception {
        server.function("mallory", "lower", "BEGIN RETURN 1; END");
        server.view("mallory", "orders", server.key('f', "mallory", "lower"));
        assertThat(mayCall(USUAL, "SELECT lower(name) FROM orders")).isFalse();
        assertThat(mayCall(USUAL, "SELECT mallory.lower(name) FROM t")).isTrue();
        assertThat(mayCall(USUAL, "SELECT * FROM mallory.orders")).isTrue();
        assertThat(mayCall("mallory", "SELECT lower(name) FROM t")).isTrue();
        assertThat(mayCall("mallory", "SELECT * FROM orders")).isTrue();
    }

    private boolean mayCall(String path, String sql) throws Exception {
        Findings findings = read();
        scanner.suspects(findings.under(findings.reached(path(path).orElseThrow())));
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return Traits.has(scanner.scan(text, 0, text.length, true), Traits.CALLS);
    }

    @Test
    void whereThePathIsNotKnownTheNameCountsInAnySchema() throws Exception {
        server.function("mallory", "lower", CATCHES);
        assertThat(isForWriter(read().whole(), "SELECT lower(name) FROM users")).isTrue();
    }

    @Test
    void theSchemaBeforeTheNameReachesIt() throws Exception {
        server.function("mallory", "lower", CATCHES);
        assertThat(isForWriter(USUAL, "SELECT mallory.lower(name) FROM users")).isTrue();
        assertThat(isForWriter(USUAL, "SELECT Mallory . /* here */ \"lower\" (name) FROM users"))
                .isTrue();
        assertThat(isForWriter(USUAL, "SELECT app.mallory.lower(name) FROM users"))
                .isTrue();
        assertThat(isForWriter(USUAL, "SELECT \"MALLORY\".lower FROM mallory")).isFalse();
        assertThat(isForWriter(USUAL, "SELECT mallory, lower FROM users")).isFalse();
    }

    @Test
    void theSchemaOfTheCurrentUserIsSearched() throws Exception {
        server.function("app", "note", CATCHES);
        assertThat(isForWriter(USUAL, "SELECT note()")).isTrue();
        assertThat(isForWriter("public", "SELECT note()")).isFalse();
    }

    @Test
    void aViewElsewhereIsNobodysElse() throws Exception {
        server.function("mallory", "note", CATCHES);
        server.view("mallory", "orders", server.key('f', "mallory", "note"));
        assertThat(isForWriter(USUAL, "SELECT * FROM orders")).isFalse();
        assertThat(isForWriter(USUAL, "SELECT * FROM mallory.orders")).isTrue();
        assertThat(isForWriter("mallory", "SELECT * FROM orders")).isTrue();
    }

    @Test
    void aViewThatIsBoundToAFunctionElsewhereIsSuspicious() throws Exception {
        server.function("hidden", "note", CATCHES);
        server.view("public", "orders", server.key('f', "hidden", "note"));
        assertThat(isForWriter(USUAL, "SELECT * FROM orders")).isTrue();
    }

    @Test
    void aFunctionLooksWhereItsCallerDoes() throws Exception {
        server.function("mallory", "note", CATCHES);
        server.function("public", "calls", "BEGIN RETURN note(); END");
        assertThat(isForWriter(USUAL, "SELECT calls()")).isFalse();
        assertThat(isForWriter("public, mallory", "SELECT calls()")).isTrue();
    }

    @Test
    void aFunctionThatNamesTheSchemaReachesIt() throws Exception {
        server.function("hidden", "note", CATCHES);
        server.function("public", "calls", "BEGIN RETURN hidden.note(); END");
        assertThat(isForWriter(USUAL, "SELECT calls()")).isTrue();
    }

    @Test
    void aFunctionWithAPathOfItsOwnLooksThereWhateverItsCallerDoes() throws Exception {
        server.function("hidden", "note", CATCHES);
        server.function("public", "inside", "BEGIN RETURN note(); END", "f", "hidden");
        server.function("public", "outside", "BEGIN RETURN note(); END", "f", "pg_catalog, public");
        assertThat(isForWriter(USUAL, "SELECT inside()")).isTrue();
        assertThat(isForWriter("hidden", "SELECT outside()")).isFalse();
    }

    /** The path of the one goes on in the other. */
    @Test
    void aFunctionThatIsCalledByOneWithAPathOfItsOwnMayLookAnywhere() throws Exception {
        server.function("hidden", "note", CATCHES);
        server.function("public", "second", "BEGIN RETURN note(); END");
        server.function("public", "first", "BEGIN RETURN second(); END", "f", "public, hidden");
        assertThat(isForWriter(USUAL, "SELECT second()")).isFalse();
        assertThat(isForWriter(USUAL, "SELECT first()")).isTrue();
    }

    /** The path may have the schema of the current user, which is another one there. */
    @Test
    void aFunctionThatWorksAsAnotherUserMayLookAnywhere() throws Exception {
        server.function("owner", "note", CATCHES);
        server.function("public", "calls", "BEGIN RETURN note(); END", "t", null);
        assertThat(isForWriter(USUAL, "SELECT calls()")).isTrue();
    }

    @Test
    void whatFollowsAFunctionThatSetsThePathMayLookAnywhere() throws Exception {
        server.function("hidden", "note", "BEGIN CREATE TEMP TABLE t (i int); END");
        server.function("public", "moves", "BEGIN SET search_path = hidden; END");
        server.function("public", "calls", "BEGIN PERFORM moves(); PERFORM note(); END");
        Findings findings = read();
        scanner.suspects(findings.under(findings.reached(path(USUAL).orElseThrow())));
        byte[] text = "SELECT calls()".getBytes(StandardCharsets.UTF_8);
        scanner.scan(text, 0, text.length, true);
        assertThat(scanner.state().has(StateTraits.TEMPORARY)).isTrue();
    }

    /** What all sessions have in common of a path need not be found twice. */
    @Test
    void schemasWithoutAnythingSuspiciousMakeNoDifference() throws Exception {
        server.function("mallory", "lower", CATCHES);
        Findings findings = read();
        assertThat(findings.reached(path("a, b, public").orElseThrow()))
                .isEqualTo(findings.reached(path(USUAL).orElseThrow()));
        assertThat(findings.under(findings.reached(path("mallory").orElseThrow())))
                .isSameAs(findings.whole());
    }

    /** It takes no thread of a session to find out what is suspicious for another path. */
    @Test
    void untilAPathWasLookedAtAllCountsForIt() throws Exception {
        server.function("mallory", "lower", CATCHES);
        Catalogs catalogs = DatabaseCatalogs.of(server.cluster(), new Connector(), () -> HEALTH, RouteRules.DEFAULT);
        try (Catalog catalog = catalogs.take("app")) {
            catalog.await(Duration.ofSeconds(10));
            Await.until(
                    "its path is looked at",
                    () -> catalog.suspects(path(USUAL))
                            .filter(suspects -> !isForWriter(suspects, "SELECT lower(name) FROM users"))
                            .isPresent());
            server.function("mallory", "upper", CATCHES);
            Await.until(
                    "the change is seen",
                    () -> catalog.suspects(Optional.empty())
                            .filter(suspects -> suspects.size() == 2)
                            .isPresent());
            assertThat(catalog.suspects(path(USUAL)).orElseThrow().size()).isZero();
        }
    }

    /** A trigger may call it in any session, whatever its path is. */
    @Test
    void aFunctionThatDoesNotWaitForTheFlushOfWalIsKnownToAllSessions() throws Exception {
        assertThat(read().whole().hasAsynchronousCommits()).isFalse();
        server.function("mallory", "f", "BEGIN SET LOCAL synchronous_commit = off; RETURN NEW; END");
        Findings findings = read();
        assertThat(findings.whole().hasAsynchronousCommits()).isTrue();
        assertThat(findings.under(findings.reached(path(USUAL).orElseThrow())).hasAsynchronousCommits())
                .isTrue();
        assertThat(isForWriter(USUAL, "SELECT f()")).isFalse();
    }

    @Test
    void aFunctionWhoseSourceIsNotReadMayDoSo() throws Exception {
        server.longFunction("f");
        assertThat(read().whole().hasAsynchronousCommits()).isTrue();
    }

    @Test
    void nothingIsKnownOfFunctionsThatAreNotReadAtAll() {
        assertThat(Assessment.ofRules(RouteRules.DEFAULT).hasAsynchronousCommits())
                .isTrue();
    }
}
