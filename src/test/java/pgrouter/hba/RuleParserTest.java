package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;
import static pgrouter.hba.Texts.problems;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a rule is said with its place, and of all rules at once. */
final class RuleParserTest {
    private static final String ADDRESS = "an address such as 10.0.0.0/8 or ::1/128, all, samehost or samenet";
    private static final String MASK = "a network mask, or a slash and a number behind the address";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "lokal all all trust|1|local, host, hostssl, hostnossl, hostgssenc, hostnogssenc or an include, found `lokal`",
                "include a b|1|local, host, hostssl, hostnossl, hostgssenc, hostnogssenc or an include, found `include`",
                "local,host all all trust|7|a space behind local, host, hostssl, hostnossl, hostgssenc, hostnogssenc, found `host`",
                "local|6|the databases, found end of line",
                "local all|10|the users, found end of line",
                "local all all|14|the method, found end of line",
                "host all all|13|the address, found end of line",
                "host all all all|17|the method, found end of line",
                "host all all 1.2.3.4|21|" + MASK + ", found end of line",
                "host all all 1.2.3.4 trust|22|" + MASK + ", found `trust`",
                "host all all 1.2.3.4 ffff:: trust|22|a network mask of the same IP version as the address, found `ffff::`",
                "host all all 1.2.3.4/33 trust|14|a number from 0 to 32 behind the slash, found `1.2.3.4/33`",
                "host all all 1.2.3.4/ trust|14|a number from 0 to 32 behind the slash, found `1.2.3.4/`",
                "host all all ::1/129 trust|14|a number from 0 to 128 behind the slash, found `::1/129`",
                "host all all ::1/+8 trust|14|a number from 0 to 128 behind the slash, found `::1/+8`",
                "host all all db.example.com trust|14|" + ADDRESS
                        + ", found `db.example.com`; pgrouter looks up no host names here",
                "host all all .example.com trust|14|" + ADDRESS
                        + ", found `.example.com`; pgrouter looks up no host names here",
                "host all all \"all\" trust|14|" + ADDRESS + ", found `all`; pgrouter looks up no host names here",
                "host all all 1.2.3 trust|14|" + ADDRESS + ", found `1.2.3`; pgrouter looks up no host names here",
                "host all all fe80::1%lo/64 trust|14|" + ADDRESS
                        + ", found `fe80::1%lo/64`; pgrouter looks up no host names here",
                "host all all 1.2.3.4/32,5.6.7.8/32 trust|25|a space behind the address, found `5.6.7.8/32`",
                "host all +staff all trust|10|a user, found `+staff`; pgrouter does not know the members of roles",
                "host samerole all all trust|6|a database, found `samerole`; pgrouter does not know the members of roles",
                "host a,samegroup all all trust|8|a database, found `samegroup`; pgrouter does not know the members of roles",
                "host all /( all trust|10|a regular expression (Unclosed group), found `/(`",
                "host /a** all all trust|6|a regular expression (it has a quantifier with nothing before it to repeat), found `/a**`",
                "local all all peer|15|one of trust, reject, md5, scram-sha-256, password, cert, found `peer`; pgrouter lacks this method of PostgreSQL",
                "local all all trusted|15|one of trust, reject, md5, scram-sha-256, password, cert, found `trusted`",
                "local all all TRUST|15|one of trust, reject, md5, scram-sha-256, password, cert, found `TRUST`",
                "local all all md5,trust|19|a space behind the method, found `trust`",
                "local all all password|15|hostssl at the beginning of a rule with this method, found `password`",
                "host all all all password|18|hostssl at the beginning of a rule with this method, found `password`",
                "hostnossl all all all cert|23|hostssl at the beginning of a rule with this method, found `cert`",
                "host all all all md5 clientcert=verify-ca|22|hostssl at the beginning of a rule with this option, found `clientcert=verify-ca`",
                "host all all all md5 clientname=CN|22|hostssl at the beginning of a rule with this option, found `clientname=CN`",
                "hostssl all all all md5 clientcert=1|25|clientcert=verify-ca or verify-full, found `clientcert=1`",
                "hostssl all all all cert clientcert=verify-ca|26|clientcert=verify-full, found `clientcert=verify-ca`",
                "hostssl all all all cert clientname=X|26|clientname=CN or clientname=DN, found `clientname=X`",
                "hostssl all all all md5 map=m|25|map= behind the method cert only, found `map=m`",
                "hostssl all all all md5 verify-full|25|clientcert=, clientname= or map=, found `verify-full`",
                "hostssl all all all md5 ldaptls=1|25|clientcert=, clientname= or map=, found `ldaptls=1`"
            })
    void whatIsWrongIsSaid(String line, int column, String expected) {
        assertThat(problems(line)).containsExactly("hba:1:" + column + ": expected " + expected);
    }

    @Test
    void ofAllRulesAtOnce() {
        assertThat(problems("""
                host all all all trust
                host all all all
                # nothing

                local +all all \\
                  peer
                """))
                .containsExactly(
                        "hba:2:17: expected the method, found end of line",
                        "hba:6:3: expected one of trust, reject, md5, scram-sha-256, password, cert, found `peer`;"
                                + " pgrouter lacks this method of PostgreSQL");
    }

    @Test
    void aFileWithoutARuleIsAMistake() {
        assertThat(problems("# all is off\n")).containsExactly("hba:1:1: expected at least one rule, found none");
    }

    @Test
    void aMapMustBeThere() {
        String rule = "hostssl all all all cert map=m";
        assertThat(problems(rule + "\n" + rule))
                .containsExactly("hba:1:1: expected the map `m` in the file that `ident FILE` names, found none");
        assertThat(Texts.hba(rule, "m /(.*) \\1")).isNotNull();
    }

    @Test
    void certImpliesAWholeCheckOfTheCertificate() {
        Hba hba = Texts.hba("hostssl all all all cert map=\nhostssl all all all md5 clientcert=verify-ca");
        assertThat(hba.decide(Texts.tlsClient("::1", "d", "u")))
                .isInstanceOfSatisfying(
                        Decision.Ask.class,
                        ask -> assertThat(ask.rule().certificate()).isEqualTo(Rule.Certificate.VERIFY_FULL));
    }

    @Test
    void whatIsFoundIsShownOnOneShortLine() {
        assertThat(problems("\"a\tb" + "x".repeat(100) + "\" all all trust"))
                .singleElement()
                .asString()
                .endsWith("found `aU+0009b" + "x".repeat(57) + "...`");
    }
}
