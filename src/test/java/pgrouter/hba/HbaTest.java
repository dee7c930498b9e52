package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.hba.Texts.client;
import static pgrouter.hba.Texts.decision;
import static pgrouter.hba.Texts.hba;
import static pgrouter.hba.Texts.physicalReplication;
import static pgrouter.hba.Texts.tlsClient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rule is for whom, as {@code check_hba} of hba.c decides it. */
final class HbaTest {
    @ParameterizedTest
    @CsvSource({
        "local,      local,   true,  true",
        "local,      1.2.3.4, false, false",
        "host,       local,   false, false",
        "host,       1.2.3.4, true,  true",
        "hostssl,    1.2.3.4, false, true",
        "hostnossl,  1.2.3.4, true,  false",
        "hostgssenc, 1.2.3.4, false, false",
        "hostnogssenc, 1.2.3.4, true, true",
        "hostnogssenc, local, false, false"
    })
    void theTypeOfTheConnectionCounts(String type, String address, boolean inTheClear, boolean withTls) {
        Hba hba = hba(type + " all all " + (type.equals("local") ? "" : "all ") + "trust");
        assertThat(decision(hba, client(address, "d", "u"))).isEqualTo(inTheClear ? "trust" : "none");
        assertThat(decision(hba, tlsClient(address, "d", "u"))).isEqualTo(withTls ? "trust" : "none");
    }

    @ParameterizedTest
    @CsvSource({
        "all,              1.2.3.4,         true",
        "all,              ::1,             true",
        "0.0.0.0/0,        1.2.3.4,         true",
        "0.0.0.0/0,        ::1,             false",
        "::/0,             1.2.3.4,         false",
        "::/0,             fe80::1,         true",
        "1.2.3.4/32,       1.2.3.4,         true",
        "1.2.3.4/32,       1.2.3.5,         false",
        "1.2.3.4/24,       1.2.3.99,        true",
        "1.2.3.128/25,     1.2.3.127,       false",
        "1.2.3.128/25,     1.2.3.129,       true",
        "10.0.0.0/13,      10.7.255.255,    true",
        "10.0.0.0/13,      10.8.0.0,        false",
        "::1/128,          ::1,             true",
        "::1/128,          ::2,             false",
        "fe80::/10,        febf::1,         true",
        "fe80::/10,        fec0::1,         false",
        "::ffff:1.2.3.4/128, 1.2.3.4,       false",
        "1.2.3.0 255.255.255.0, 1.2.3.9,    true",
        "1.0.3.0 255.0.255.0,   1.9.3.9,    true",
        "1.0.3.0 255.0.255.0,   1.9.4.9,    false",
        "::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ::1, true",
        "samehost,         127.0.0.1,       true",
        "samehost,         127.0.0.2,       false",
        "samehost,         10.1.2.3,        true",
        "samehost,         10.1.2.4,        false",
        "samehost,         ::1,             true",
        "samenet,          127.9.9.9,       true",
        "samenet,          10.1.2.99,       true",
        "samenet,          10.1.3.1,        false",
        "samenet,          ::2,             false"
    })
    void theAddressCounts(String rule, String address, boolean inside) {
        assertThat(decision(hba("host all all " + rule + " md5"), client(address, "d", "u")))
                .isEqualTo(inside ? "md5" : "none");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "all,           d,           true",
                "d,             d,           true",
                "d,             D,           false",
                "d,             dd,          false",
                "~a,d~,         d,           true",
                "~a,b~,         d,           false",
                "sameuser,      u,           true",
                "sameuser,      d,           false",
                "~\"sameuser\"~, u,          false",
                "~\"sameuser\"~, sameuser,   true",
                "~\"all\"~,     d,           false",
                "~\"all\"~,     all,         true",
                "~x\"all\"~,    xall,        true",
                "ALL,           d,           false",
                "replication,   d,           false",
                "replication,   replication, false",
                "~\"replication\"~, replication, true",
                "~\"samerole\"~, samerole,   true",
                "+d,            +d,          true",
                "/^d$,          d,           true",
                "/^d$,          dd,          false",
                "/d,            xdx,         true",
                "~\"/^d{2}$\"~, dd,          true",
                "~/^a$,/^d$~,   d,           true",
                "~\"@d\"~,      @d,          true",
                "@,             @,           true"
            })
    void theDatabaseCounts(String field, String database, boolean inside) {
        assertThat(decision(hba("host " + field + " all all md5"), client("1.2.3.4", database, "u")))
                .isEqualTo(inside ? "md5" : "none");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "all,            u,        true",
                "u,              u,        true",
                "U,              u,        false",
                "~a,u~,          u,        true",
                "~\"all\"~,      u,        false",
                "~\"all\"~,      all,      true",
                "~\"+staff\"~,   +staff,   true",
                "sameuser,       sameuser, true",
                "sameuser,       u,        false",
                "replication,    replication, true",
                "/^u,            user,     true",
                "/^u$,           user,     false",
                "~\"a b\"~,      a b,      true",
                "~\"a\"\"b\"~,   a\"b,     true"
            })
    void theUserCounts(String field, String user, boolean inside) {
        assertThat(decision(hba("local all " + field + " trust"), client("local", "d", user)))
                .isEqualTo(inside ? "trust" : "none");
    }

    @ParameterizedTest
    @CsvSource({"replication,true", "all,false", "/.,false", "repl,false", "sameuser,false"})
    void physicalReplicationIsForItsKeywordOnly(String field, boolean inside) {
        assertThat(decision(hba("host " + field + " all all md5"), physicalReplication("1.2.3.4", "repl")))
                .isEqualTo(inside ? "md5" : "none");
    }

    @Test
    void theFirstRuleThatIsForAClientDecides() {
        Hba hba = hba("""
                host all mallory all                reject
                host db  all     10.0.0.0/8         trust
                host all all     10.0.0.0/8         scram-sha-256
                host all all     0.0.0.0/0          md5
                """);
        assertThat(decision(hba, client("10.1.1.1", "db", "ann"))).isEqualTo("trust");
        assertThat(decision(hba, client("10.1.1.1", "other", "ann"))).isEqualTo("scram-sha-256");
        assertThat(decision(hba, client("11.1.1.1", "db", "ann"))).isEqualTo("md5");
        assertThat(decision(hba, client("10.1.1.1", "db", "mallory"))).isEqualTo("reject");
        assertThat(decision(hba, client("::1", "db", "ann"))).isEqualTo("none");
        assertThat(decision(hba, client("local", "db", "ann"))).isEqualTo("none");
    }

    @Test
    void withoutAFileEverybodyMayTry() {
        assertThat(decision(Hba.NONE, client("1.2.3.4", "d", "u"))).isEqualTo("md5");
        assertThat(decision(Hba.NONE, client("::1", "d", "u"))).isEqualTo("md5");
        assertThat(decision(Hba.NONE, tlsClient("local", "d", "u"))).isEqualTo("md5");
        assertThat(decision(Hba.NONE, physicalReplication("1.2.3.4", "u"))).isEqualTo("md5");
    }

    private static String refusal(String text, Connection connection) {
        return hba(text).decide(connection) instanceof Decision.Refuse(String message, Place place)
                ? message + " (" + place + ")"
                : "none";
    }

    @Test
    void whoIsRefusedIsToldInPostgresqlsWords() {
        String mine = "host mine all all trust";
        assertThat(refusal(mine, client("1.2.3.4", "d", "u")))
                .isEqualTo(
                        "no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", no encryption (no rule)");
        assertThat(refusal(mine, tlsClient("2001:db8:0:0:1::1", "d", "u")))
                .isEqualTo("no pg_hba.conf entry for host \"2001:db8::1:0:0:1\", user \"u\", database \"d\","
                        + " SSL encryption (no rule)");
        assertThat(refusal(mine, client("local", "d", "u")))
                .startsWith("no pg_hba.conf entry for host \"[local]\", user");
        assertThat(refusal(mine, physicalReplication("1.2.3.4", "u")))
                .isEqualTo("no pg_hba.conf entry for replication connection from host \"1.2.3.4\", user \"u\","
                        + " no encryption (no rule)");
        String reject = "\nhost all,replication all all reject";
        assertThat(refusal(reject, client("::1", "d", "u")))
                .isEqualTo("pg_hba.conf rejects connection for host \"::1\", user \"u\", database \"d\","
                        + " no encryption (hba:2)");
        assertThat(refusal(reject, physicalReplication("1.2.3.4", "u")))
                .isEqualTo("pg_hba.conf rejects replication connection for host \"1.2.3.4\", user \"u\","
                        + " no encryption (hba:2)");
    }

    @Test
    void aRegularExpressionThatTakesTooLongRefusesAndIsNotPassedOver() {
        String rules = "host all /^.*.*.*.*.*b$ all reject\nhost all all all trust";
        assertThat(refusal(rules, client("1.2.3.4", "d", "a".repeat(100))))
                .isEqualTo("could not check pg_hba.conf for host \"1.2.3.4\", user \"" + "a".repeat(100)
                        + "\", database \"d\", no encryption (hba:1)");
        String deep = "host all /^(a|b)*$ all reject\nhost all all all trust";
        assertThat(refusal(deep, client("1.2.3.4", "d", "ab".repeat(5000) + "c")))
                .startsWith("could not check");
    }

    @Test
    void theNetworksOfThisHostCanBeAskedFor() {
        Hba hba = hba("host all all samehost trust\nhost all all samenet md5");
        assertThat(hba.decide(client("127.0.0.1", "d", "u"))).isInstanceOf(Decision.Ask.class);
        assertThat(hba.decide(client("233.252.0.77", "d", "u"))).isInstanceOf(Decision.Refuse.class);
    }

    @ParameterizedTest
    @CsvSource({
        "::,::",
        "::1,::1",
        "1::,1::",
        "1:0:0:2:0:0:0:3,1:0:0:2::3",
        "1:0:2:0:3:0:4:0,1:0:2:0:3:0:4:0",
        "1:0:0:2:0:0:3:4,1::2:0:0:3:4",
        "fe80::abcd:ef01,fe80::abcd:ef01",
        "0:1::,0:1::",
        "1.2.3.4,1.2.3.4"
    })
    void addressesAreWrittenAsUsual(String address, String expected) {
        assertThat(AddressText.of(Texts.address(address).orElseThrow())).isEqualTo(expected);
    }
}
