package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.testing.FakeClient.PROTOCOL_3_0;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pgrouter.config.ConfigException;
import pgrouter.testing.Await;
import pgrouter.testing.FakeClient;
import pgrouter.testing.Frontend;
import pgrouter.testing.PostgresCluster;
import pgrouter.testing.PostgresCluster.Login;

/** The same file, given to PostgreSQL and to pgrouter: what is wrong with it, who is let in by it, and what a regular expression finds. */
final class HbaEquivalenceIT {
    private static final String OWN = "host all postgres 127.0.0.1/32 scram-sha-256\n";

    private static PostgresCluster cluster;
    private static Path file;

    @BeforeAll
    static void start() throws SQLException {
        cluster = PostgresCluster.start(PostgresCluster.Options.standard().withStandbys(0));
        Assumptions.assumeTrue(cluster.socketDirectory(1).isPresent(), "the cluster runs in containers");
        Assumptions.assumeTrue(
                Integer.parseInt(cluster.ask(1, "SHOW server_version_num")) >= 160_000,
                "regular expressions and includes came with PostgreSQL 16");
        file = Path.of(cluster.ask(1, "SHOW hba_file"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static final List<String> LINES = List.of(
            "local all all trust",
            "local all all 127.0.0.1/32 trust",
            "local all all",
            "local all all md5 clientcert=verify-ca",
            "local",
            "lokal all all trust",
            "LOCAL all all trust",
            "\"local\" all all trust",
            "local,host all all trust",
            "host all all all trust",
            "host all all trust",
            "host all all 1.2.3.4 trust",
            "host all all 1.2.3.4 255.0.255.0 trust",
            "host all all 1.2.3.4 ffff:: trust",
            "host all all 1.2.3.4/32 255.0.0.0 trust",
            "host all all 1.2.3.4/0 trust",
            "host all all 1.2.3.4/33 trust",
            "host all all 1.2.3.4/ trust",
            "host all all 1.2.3.4/x trust",
            "host all all ::1/128 trust",
            "host all all ::1/129 trust",
            "host all all ::1 ffff:: trust",
            "host all all 1.2.3.4/8,2.3.4.5/8 trust",
            "host all all samehost trust",
            "host all all samenet trust",
            "host a, b , c all all trust",
            "host a,b, c \"d,e\",f all trust",
            "host \"a\"\"b\" x\"y z\" all trust # comment",
            "host all all all trust#comment",
            "host all all all md5,trust",
            "host all all all \"trust\"",
            "host all all all TRUST",
            "host all all all nonsense",
            "host all all all cert",
            "hostssl all all all cert",
            "hostssl all all all cert map=m",
            "hostssl all all all cert clientcert=verify-full",
            "hostssl all all all cert clientcert=verify-ca",
            "hostssl all all all md5 clientcert=verify-ca clientname=DN",
            "hostssl all all all md5 map=m",
            "hostssl all all all md5 nonsense",
            "hostssl all all all md5 nonsense=1",
            "hostssl all all all password",
            "hostnossl all all all md5 clientname=CN",
            "hostgssenc all all all md5",
            "hostnogssenc all all all md5",
            "host /^a+$ \"/^b{2,3}$\" all md5",
            "host /( all all md5",
            "host all /a** all md5",
            "host +x all all md5",
            "host replication all samenet reject");

    /** What is a rule to PostgreSQL, and to pgrouter a mistake that it names. */
    private static final List<String> LEFT_OUT = List.of(
            "local all +staff trust",
            "local samerole all trust",
            "local samegroup all trust",
            "local all all peer",
            "local all all password",
            "host all all db.example.com trust",
            "host all all .example.com trust",
            "host all all \"all\" trust",
            "host all all all password",
            "local all /a[[.hyphen.]]b trust");

    @Test
    void takesTheSameLinesAndSeesTheSameInThem() throws Exception {
        List<String> theirs = theirRules(LINES);
        List<String> ours = LINES.stream().map(HbaEquivalenceIT::ourRule).toList();
        for (int i = 0; i < LINES.size(); i++) {
            assertThat(ours.get(i)).as(LINES.get(i)).isEqualTo(theirs.get(i));
        }
    }

    @Test
    void refusesWhatItHasLeftOut() throws Exception {
        assertThat(theirRules(LEFT_OUT)).doesNotContain("wrong");
        assertThat(LEFT_OUT).allSatisfy(line -> assertThat(ourRule(line)).isEqualTo("wrong"));
    }

    private static List<String> theirRules(List<String> lines) throws IOException, SQLException {
        Files.writeString(file, String.join("\n", lines) + "\n");
        Map<Integer, String> rules = new LinkedHashMap<>();
        try (Connection connection = cluster.connect(1, "postgres", Login.SUPERUSER);
                PreparedStatement query = connection.prepareStatement("""
                        SELECT line_number, CASE WHEN auth_method IS NULL THEN 'wrong' ELSE
                          concat_ws(' ', type, array_to_string(database, '|'), array_to_string(user_name, '|'),
                            coalesce(address, 'all'), netmask, auth_method) END
                        FROM pg_hba_file_rules""");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                rules.put(rows.getInt(1), rows.getString(2));
            }
        }
        List<String> inOrder = new ArrayList<>();
        for (int i = 1; i <= lines.size(); i++) {
            inOrder.add(rules.get(i));
        }
        return inOrder;
    }

    /** As the view shows a rule, but for an address that a local one has none of. */
    private static String ourRule(String line) {
        HbaProblems problems = new HbaProblems();
        List<Entry> entries = new EntryReader(problems).entries(file, line, 0);
        try {
            Rule rule = new RuleParser(entries.getFirst()).parse();
            List<List<Token>> fields = entries.getFirst().fields();
            String names = words(fields.get(1)) + " " + words(fields.get(2));
            String shown = rule.scope().type().word() + " " + names + " "
                    + shown(rule.scope().hosts()) + " " + rule.method().word();
            return problems.count() == 0 ? shown : "wrong";
        } catch (WrongEntry e) {
            return "wrong";
        }
    }

    private static String words(List<Token> field) {
        return String.join("|", field.stream().map(Token::text).toList());
    }

    private static String shown(Hosts hosts) {
        return switch (hosts) {
            case Hosts.All all -> "all";
            case Hosts.SameHost host -> "samehost";
            case Hosts.SameNet net -> "samenet";
            case Hosts.Range(Network network) -> text(network.address()) + " " + text(network.mask());
        };
    }

    private static String text(byte[] address) {
        try {
            return AddressText.of(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static final String RULES = OWN + """
            host   all   loaded      all               reject
            local  d1    all                           trust
            host   d1    all         127.0.0.1/32      md5
            host   d1    all         ::1/128           scram-sha-256
            host   d2    all         127.0.0.0 255.0.0.0 trust
            hostssl d3   all         all               trust
            hostnossl d3 u           all               reject
            hostgssenc d4 all        all               trust
            hostnogssenc d4 all      samehost          trust
            host   d5    all         samenet           trust
            host   sameuser all      all               trust
            host   "sameuser" all    all               trust
            host   d6    "all"       all               trust
            host   d6    u,"v w"     all               reject
            host   /^e\\d+$ /^(a|b)+$ ::1/128          trust
            host   "/^e{2,3}$" all   all               reject
            host   d7    all \\
                                     10.0.0.0/8        trust
            host   d7    all         0.0.0.0/0         scram-sha-256
            host   replication repl  127.0.0.1/32      trust
            local  replication,d8 repl                 reject
            host   d9    all         ::/0              md5
            """;

    private static final List<String> DATABASES = List.of(
            "d1",
            "d2",
            "d3",
            "d4",
            "d5",
            "d6",
            "d7",
            "d8",
            "d9",
            "u",
            "sameuser",
            "e12",
            "eee",
            "e",
            "replication",
            "all",
            "a\nb");

    private static final List<String> USERS = List.of("u", "v w", "all", "abba", "repl", "a\"b");

    @Test
    void letsTheSameClientsInInTheSameWayAndRefusesTheOthersInTheSameWords() throws Exception {
        Files.writeString(file, RULES);
        assertThat(cluster.ask(1, "SELECT pg_reload_conf()")).isEqualTo("t");
        Await.until(
                "the rules are loaded",
                () -> theirs("::1", "any", "loaded", "false")
                        .contains("pg_hba.conf rejects connection for host \"::1\""));
        Hba hba = Texts.hba(RULES);
        int compared = 0;
        for (String address : List.of("127.0.0.1", "::1", "local")) {
            for (String user : USERS) {
                for (String database : DATABASES) {
                    compared += compare(hba, address, database, user, "false");
                }
                compared += compare(hba, address, "d1", user, "database") + compare(hba, address, user, user, "true");
            }
        }
        assertThat(compared).isEqualTo(3 * USERS.size() * (DATABASES.size() + 2));
    }

    private static int compare(Hba hba, String address, String database, String user, String replication)
            throws Exception {
        pgrouter.hba.Connection client =
                new pgrouter.hba.Connection(Texts.address(address), false, database, user, replication.equals("true"));
        assertThat(ours(hba.decide(client)))
                .as("%s to %s as %s, replication=%s", address, database, user, replication)
                .isEqualTo(theirs(address, database, user, replication));
        return 1;
    }

    /** What the server says first. Nobody there has a password, and who has none is asked by SCRAM-SHA-256 for MD5 too. */
    private static String ours(Decision decision) {
        return switch (decision) {
            case Decision.Refuse(String message, Place place) -> "FATAL 28000 " + message;
            case Decision.Ask(Rule rule) -> rule.method() == Method.TRUST ? "Authentication 0" : "Authentication 10";
        };
    }

    private static String theirs(String address, String database, String user, String replication) throws Exception {
        byte[] startup =
                Frontend.startup(PROTOCOL_3_0, Map.of("user", user, "database", database, "replication", replication));
        Optional<InetAddress> host = Texts.address(address);
        if (host.isEmpty()) {
            Path directory = cluster.socketDirectory(1).orElseThrow();
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(directory.resolve(".s.PGSQL." + cluster.port(1))));
                return firstWord(
                        FakeClient.over(Channels.newInputStream(channel), Channels.newOutputStream(channel)), startup);
            }
        }
        try (Socket socket = new Socket(host.get(), cluster.port(1))) {
            return firstWord(FakeClient.over(socket.getInputStream(), socket.getOutputStream()), startup);
        }
    }

    private static String firstWord(FakeClient client, byte[] startup) throws IOException {
        client.send(startup);
        return client.read();
    }

    private static final List<String> REGEXES = List.of(
            "b",
            "^b",
            "b$",
            "^abc$",
            "a.c",
            "^(a|b)+$",
            "^[0-9]{2,4}$",
            "^\\d+$",
            "\\mfoo\\M",
            "\\yfoo",
            "\\Yoo",
            "^\\Aa\\Z$",
            "^[[:alpha:]_]+$",
            "^[^[:digit:]]+$",
            "^[]a]+$",
            "^[^]a]+$",
            "^[a-]+$",
            "^[-a]+$",
            "^[+--]+$",
            "^[[-a]+$",
            "^[a&&b]+$",
            "^[\\d\\-x]+$",
            "^[\\\\]$",
            "a{,3}",
            "a{x}",
            "^a??b$",
            "a\\.b",
            "(?:a|b)(?=c)",
            "(?<!a)b",
            "(?!b)b",
            "\\B",
            "a#b c",
            "]}",
            "^\\w+$",
            "\\s",
            "^\\S+$",
            "[[:space:]]",
            "[[:punct:]]",
            "^$",
            "",
            "a|",
            "(a|)b",
            "a*?b",
            "^.$",
            "\\t",
            "\\n$",
            "x{0}",
            "[[:upper:]]",
            "\u00e9",
            "^..$",
            "(^a|b$)",
            "a{2}?");

    private static final List<String> NAMES = List.of(
            "",
            "a",
            "b",
            "aa",
            "ab",
            "abc",
            "abba",
            "axc",
            "a.c",
            "a.b",
            "12",
            "12345",
            "foo",
            "a foo b",
            "afoo",
            "a-foo-b",
            "ab_C",
            "]a",
            "]b",
            "a-",
            "+,-",
            "\\",
            "^",
            "a&b",
            "1-x",
            "a{,3}",
            "a{x}",
            "ac",
            "a#b c",
            "]}",
            "a\n",
            "a\nb",
            "\t",
            "\u00e9",
            "\u00e9\u00e9",
            "\u0661",
            "A",
            "_",
            "x",
            "[",
            "a b",
            "aab",
            "\u2028");

    @Test
    void findsTheSameByRegularExpressions() throws SQLException {
        try (Connection connection = cluster.connect(1, "postgres", Login.SUPERUSER);
                PreparedStatement query =
                        connection.prepareStatement("SELECT ?::text COLLATE \"C\" ~ ?::text COLLATE \"C\"")) {
            for (String regex : REGEXES) {
                for (String name : NAMES) {
                    query.setString(1, name);
                    query.setString(2, regex);
                    try (ResultSet rows = query.executeQuery()) {
                        rows.next();
                        assertThat(Regex.of(regex).isIn(name))
                                .as("%s in '%s'", regex, name)
                                .isEqualTo(rows.getBoolean(1));
                    }
                }
            }
        }
    }

    @Test
    void includesAreReadAsTheyAreThere() throws Exception {
        Path included = Files.writeString(file.resolveSibling("included.conf"), "host d2 @names all md5\n\n");
        Path names = Files.writeString(file.resolveSibling("names"), "ann, \"bob x\" # nobody\n carl\n");
        String text =
                "host d1 all all trust\ninclude included.conf\ninclude_if_exists missing\nhost d3 @names all md5\n";
        try {
            assertThat(theirUsers(text))
                    .isEqualTo(ourUsers())
                    .isEqualTo(List.of("all", "ann|bob x|carl", "ann|bob x|carl"));
        } finally {
            Files.delete(included);
            Files.delete(names);
        }
    }

    private static List<String> theirUsers(String text) throws IOException, SQLException {
        Files.writeString(file, text);
        List<String> users = new ArrayList<>();
        try (Connection connection = cluster.connect(1, "postgres", Login.SUPERUSER);
                PreparedStatement query = connection.prepareStatement(
                        "SELECT array_to_string(user_name, '|') FROM pg_hba_file_rules ORDER BY rule_number");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                users.add(rows.getString(1));
            }
        }
        return users;
    }

    private static List<String> ourUsers() throws ConfigException {
        HbaProblems problems = new HbaProblems();
        List<String> users = new EntryReader(problems)
                .read(file).stream().map(entry -> words(entry.fields().get(2))).toList();
        problems.throwIfAny();
        return users;
    }
}
