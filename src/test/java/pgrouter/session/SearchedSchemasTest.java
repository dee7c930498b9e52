package pgrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.Frontend.bindNothing;
import static pgrouter.testing.Frontend.execute;
import static pgrouter.testing.Frontend.join;
import static pgrouter.testing.Frontend.parse;
import static pgrouter.testing.Frontend.query;
import static pgrouter.testing.Frontend.sync;
import static pgrouter.testing.Server.bindComplete;
import static pgrouter.testing.Server.complete;
import static pgrouter.testing.Server.dataRow;
import static pgrouter.testing.Server.error;
import static pgrouter.testing.Server.parameter;
import static pgrouter.testing.Server.parseComplete;
import static pgrouter.testing.Server.ready;
import static pgrouter.testing.Server.rowDescription;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import pgrouter.protocol.FrontendTag;
import pgrouter.routing.SearchPath;
import pgrouter.routing.StateTraits;
import pgrouter.routing.SuspectNames;
import pgrouter.routing.SuspectNames.Suspect;
import pgrouter.routing.Traits;
import pgrouter.testing.FakeClient;
import pgrouter.testing.FakePostgres;
import pgrouter.testing.FakePostgres.Connection;
import pgrouter.testing.Message;
import pgrouter.testing.Stage;

/**
 * In the schema "mallory" there is a suspicious function lower(): it sends those sessions to the primary that search this schema, or of which
 * nobody knows what they search.
 */
@Timeout(60)
final class SearchedSchemasTest {
    private static final String READ = "SELECT lower(name) FROM t";
    private static final Suspect WRITES =
            new Suspect(Traits.WRITER | Traits.MAY_WRITE, StateTraits.ADVISORY, List.of());
    private static final SuspectNames ANYWHERE = SuspectNames.of(Map.of("lower", WRITES), false);
    private static final SuspectNames ELSEWHERE = SuspectNames.under(
            new SuspectNames.Found(
                    Map.of(), Map.of("mallory", Map.of("lower", WRITES)), Map.of(), Map.of(), false, false, false),
            Optional.empty(),
            ANYWHERE);
    private static final Pattern SETS = Pattern.compile("SET (LOCAL )?search_path = (\\w+)");
    private static final Pattern SETS_ROLE = Pattern.compile("SET ROLE (\\w+)");
    private static final Pattern GIVEN = Pattern.compile("set_config\\('search_path', '(\\w+)', false\\)");

    private final AtomicInteger locksAskedFor = new AtomicInteger();
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private volatile boolean refuses;

    @RegisterExtension
    private final Stage stage = Stage.with(1).asksProcesses();

    private FakeClient client;

    @BeforeEach
    void serve() throws Exception {
        stage.suspects(path -> path.map(SearchPath::schemas)
                        .filter(schemas -> !schemas.contains("mallory"))
                        .isPresent()
                ? ELSEWHERE
                : ANYWHERE);
        serve(stage.primary(), "primary", "public");
        serve(stage.standby(), "standby", "public");
    }

    private void serve(FakePostgres server, String node, String path) {
        server.handle(connection -> new ServerProcess(connection, node, path).run());
    }

    /** A server's process, as far as it sets and shows where it looks for names. */
    private final class ServerProcess {
        private final Connection connection;
        private final String node;
        private String path;
        private String role = "none";
        private char status = 'I';

        ServerProcess(Connection connection, String node, String path) {
            this.connection = connection;
            this.node = node;
            this.path = path;
        }

        void run() throws IOException {
            connection.waitForever();
            for (Message message = connection.read();
                    message.tag() != FrontendTag.TERMINATE;
                    message = connection.read()) {
                connection.send(answer(message.fromClient()));
            }
        }

        private byte[] answer(String text) {
            if (text.contains("pg_settings")) {
                return refuses
                        ? join(error("42501", "permission denied"), ready('I'))
                        : row("", path, "app", "settings");
            } else if (text.startsWith("Query SELECT 'setting', 'search_path'")) {
                return row("setting", "search_path", path, null);
            } else if (text.startsWith("Query SELECT 'setting', 'role'")) {
                return row("setting", "role", role, null);
            } else if (text.startsWith("Query SELECT 'pin', 'ADVISORY'")) {
                locksAskedFor.incrementAndGet();
                return row("pin", "ADVISORY", "f", "f");
            } else if (text.startsWith("Parse")) {
                note(text);
                return parseComplete();
            } else if (text.startsWith("Bind")) {
                return bindComplete();
            } else if (text.startsWith("Execute")) {
                return complete("SELECT 1");
            } else if (text.startsWith("Sync")) {
                return ready(status);
            }
            note(text);
            byte[] report = text.contains("pg_reload_conf") ? parameter("search_path", "mallory") : new byte[0];
            return join(complete(tag(text)), report, ready(status));
        }

        private void note(String text) {
            Matcher set = SETS.matcher(text);
            Matcher given = GIVEN.matcher(text);
            path = set.find() ? set.group(2) : given.find() ? given.group(1) : path;
            Matcher setRole = SETS_ROLE.matcher(text);
            role = setRole.find() ? setRole.group(1) : role;
            if (text.contains(READ)) {
                ran.add(node);
            }
        }

        private String tag(String text) {
            if (text.startsWith("Query BEGIN")) {
                status = 'T';
                return "BEGIN";
            } else if (text.startsWith("Query COMMIT")) {
                status = 'I';
                return "COMMIT";
            }
            return text.startsWith("Query SET") ? "SET" : "SELECT 1";
        }

        private static byte[] row(String... values) {
            return join(rowDescription("c"), dataRow(values), complete("SELECT 1"), ready('I'));
        }
    }

    private void run(String sql) throws Exception {
        client.send(query(sql));
        assertThat(client.reply()).anyMatch(message -> message.startsWith("Ready "));
    }

    @Test
    void aSessionReadsFromAStandbyThatDoesNotSearchThatSchema() throws Exception {
        client = stage.client();
        run(READ);
        assertThat(ran).containsExactly("standby");
    }

    @Test
    void aSessionThatSearchesThatSchemaIsAtThePrimary() throws Exception {
        client = stage.client();
        run("SET search_path = other");
        run(READ);
        run("SET search_path = mallory");
        run(READ);
        assertThat(ran).containsExactly("standby", "primary");
    }

    @Test
    void theSchemaBeforeTheNameReachesIt() throws Exception {
        client = stage.client();
        run("SELECT mallory.lower(name), lower(name) FROM t /* SELECT lower(name) FROM t */");
        assertThat(ran).containsExactly("primary");
    }

    @Test
    void whereTheServerDoesNotSayWhatItSearchesAllNamesCount() throws Exception {
        refuses = true;
        client = stage.client();
        run(READ);
        assertThat(ran).containsExactly("primary");
    }

    /** What is suspicious for its schemas may be found out at any moment of a request. */
    @Test
    void aReadThatCallsNothingSuspiciousNeedNotWaitForWhatIsFoundOut() throws Exception {
        for (int known = 1; known < 6; known++) {
            AtomicInteger asked = new AtomicInteger();
            int from = known;
            stage.suspects(path -> asked.incrementAndGet() < from ? ANYWHERE : ELSEWHERE);
            client = stage.client();
            run("SELECT upper(name) FROM t /* " + READ + " */");
        }
        assertThat(ran).containsOnly("standby");
    }

    /** It may take a lock that outlives the transaction: whether it has is asked only where the function is seen. */
    @Test
    void whatATransactionSearchesForItselfCountsUntilItsEnd() throws Exception {
        client = stage.client();
        run("BEGIN");
        run(READ);
        run("COMMIT");
        assertThat(questions()).isZero();
        run("BEGIN");
        run("SET LOCAL search_path = mallory");
        run(READ);
        run("COMMIT");
        assertThat(questions()).isOne();
        run("BEGIN");
        run(READ);
        run("COMMIT");
        assertThat(questions()).isOne();
    }

    /** The second text is looked at before the first one has run. */
    @Test
    void whatIsSetInTheSameRequestCountsForWhatFollows() throws Exception {
        client = stage.client();
        run("BEGIN");
        batch("SET LOCAL timezone = 'UTC'", "SELECT 1");
        run("COMMIT");
        assertThat(questions()).isZero();
        run("BEGIN");
        batch("SET LOCAL search_path = mallory", READ);
        run("COMMIT");
        assertThat(questions()).isOne();
    }

    /** What is asked after a request comes before the next one. */
    private int questions() throws Exception {
        run("SHOW work_mem");
        return locksAskedFor.get();
    }

    private void batch(String first, String second) throws Exception {
        client.send(join(
                parse("", first), bindNothing(""), execute(), parse("", second), bindNothing(""), execute(), sync()));
        assertThat(client.reply()).endsWith("Ready T");
    }

    @Test
    void aStandbyThatSearchesElsewhereIsNotBelieved() throws Exception {
        serve(stage.standby(), "standby", "mallory");
        client = stage.client();
        run(READ);
        run(READ);
        assertThat(ran).containsExactly("primary", "primary");
    }

    @Test
    void aSessionThatHasGivenUpItsRoleSearchesTheSchemaOfTheUserWhoHasLoggedIn() throws Exception {
        serve(stage.primary(), "primary", "$user");
        serve(stage.standby(), "standby", "$user");
        SuspectNames inSchemaOfUser = SuspectNames.under(
                new SuspectNames.Found(
                        Map.of(), Map.of("app", Map.of("lower", WRITES)), Map.of(), Map.of(), false, false, false),
                Optional.empty(),
                ANYWHERE);
        stage.suspects(path -> path.map(SearchPath::schemas)
                        .filter(schemas -> !schemas.contains("app"))
                        .isPresent()
                ? inSchemaOfUser
                : ANYWHERE);
        client = stage.client();
        run("SET ROLE other");
        run(READ);
        run("SET ROLE none");
        run(READ);
        assertThat(ran).containsExactly("standby", "primary");
    }

    @Test
    void aServerThatMayBeConfiguredAnewSinceIsNotBelieved() throws Exception {
        client = stage.client();
        run(READ);
        stage.serverPool().clear(Stage.backend(stage.primary()).address());
        run(READ);
        assertThat(ran).containsExactly("standby", "primary");
    }

    @Test
    void aServerThatReportsWhatItSearchesNeedNotBeBelieved() throws Exception {
        stage.primary().parameter("search_path", "public");
        stage.standby().parameter("search_path", "public");
        client = stage.client();
        run(READ);
        stage.serverPool().clear(Stage.backend(stage.primary()).address());
        run(READ);
        assertThat(ran).containsExactly("standby", "standby");
    }

    @Test
    void aReportThatItSearchesThatSchemaCounts() throws Exception {
        stage.primary().parameter("search_path", "public");
        stage.standby().parameter("search_path", "public");
        client = stage.client();
        run(READ);
        run("SELECT pg_reload_conf()");
        run(READ);
        assertThat(ran).containsExactly("standby", "primary");
    }
}
