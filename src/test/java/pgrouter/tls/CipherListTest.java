package pgrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL's cipher lists, over suites of all kinds that a JDK has had. */
final class CipherListTest {
    private static final List<String> NEWER =
            List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");

    private static final List<String> OLDER = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_256_CBC_SHA",
            "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
            "SSL_RSA_WITH_3DES_EDE_CBC_SHA");

    /** What the list selects of TLS 1.2, in OpenSSL's names. */
    private static List<String> select(String list) throws CipherList.Refused {
        return CipherList.select(
                        list, Stream.concat(NEWER.stream(), OLDER.stream()).toList())
                .stream()
                .flatMap(name -> CipherSuite.of(name).stream())
                .map(CipherSuite::openSslName)
                .toList();
    }

    @Test
    void everySuiteHasItsNameInOpenSsl() throws CipherList.Refused {
        assertThat(select("ALL"))
                .containsExactly(
                        "ECDHE-ECDSA-AES256-GCM-SHA384",
                        "ECDHE-RSA-AES256-GCM-SHA384",
                        "ECDHE-RSA-CHACHA20-POLY1305",
                        "ECDHE-RSA-AES128-GCM-SHA256",
                        "DHE-DSS-AES128-GCM-SHA256",
                        "ECDHE-RSA-AES256-SHA384",
                        "DHE-RSA-AES128-SHA256",
                        "ECDHE-RSA-AES128-SHA",
                        "AES128-GCM-SHA256",
                        "AES256-SHA",
                        "ADH-AES128-GCM-SHA256",
                        "DES-CBC3-SHA");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ECDHE+AESGCM|ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256",
                "EECDH+aRSA+AESGCM|ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256",
                "CHACHA20:ECDHE+AES256|ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES256-GCM-SHA384"
                        + " ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-SHA384",
                "kRSA|AES128-GCM-SHA256 AES256-SHA DES-CBC3-SHA",
                "DSS,AES256-SHA;ECDSA|DHE-DSS-AES128-GCM-SHA256 AES256-SHA ECDHE-ECDSA-AES256-GCM-SHA384",
                "SHA256:SHA384|DHE-RSA-AES128-SHA256 ECDHE-RSA-AES256-SHA384",
                "aNULL:MEDIUM|ADH-AES128-GCM-SHA256 DES-CBC3-SHA",
                "TLSv1.0:SSLv3|ECDHE-RSA-AES128-SHA AES256-SHA DES-CBC3-SHA",
                "ECDHE-RSA-AES128-SHA TLS_RSA_WITH_AES_256_CBC_SHA|ECDHE-RSA-AES128-SHA AES256-SHA",
                "AES128-GCM-SHA256:ECDHE-RSA-CAMELLIA256-SHA384|AES128-GCM-SHA256",
                "kRSA:!SHA|AES128-GCM-SHA256",
                "kRSA:-AES:AES256+kRSA|DES-CBC3-SHA AES256-SHA",
                "kRSA:!AES:kRSA:AES256-SHA|DES-CBC3-SHA",
                "kRSA:+AESGCM|AES256-SHA DES-CBC3-SHA AES128-GCM-SHA256",
                "!aNULL:!eNULL:kRSA+3DES|DES-CBC3-SHA",
                "kRSA:@STRENGTH|AES256-SHA AES128-GCM-SHA256 DES-CBC3-SHA",
                "AES256-SHA@SECLEVEL=1|AES256-SHA"
            })
    void aListSelectsAsInOpenSsl(String list, String expected) throws CipherList.Refused {
        assertThat(String.join(" ", select(list))).isEqualTo(expected);
    }

    @Test
    void theUsualExclusionsLeaveTheRest() throws CipherList.Refused {
        assertThat(select("ALL:!EXP:!LOW")).isEqualTo(select("ALL"));
        assertThat(select("DEFAULT:!MD5:!RC4:!PSK:!SRP:!CAMELLIA")).isEqualTo(select("ALL"));
        assertThat(select("HIGH:!aNULL:!kRSA")).hasSize(8).doesNotContain("ADH-AES128-GCM-SHA256");
        assertThat(select("HIGH:MEDIUM:+3DES:!aNULL")).hasSize(11).endsWith("DES-CBC3-SHA");
    }

    @Test
    void tls13GoesItsOwnWayUntilItIsNamed() throws CipherList.Refused {
        assertThat(CipherList.select("kRSA", all())).containsSubsequence(NEWER).hasSize(6);
        assertThat(CipherList.select("TLS_AES_128_GCM_SHA256", all())).containsExactly("TLS_AES_128_GCM_SHA256");
        assertThat(CipherList.select("TLS_AES_128_GCM_SHA256:AES256-SHA", all()))
                .containsExactly("TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA");
        assertThat(CipherList.select("AES256-SHA:!TLS_AES_128_GCM_SHA256", all()))
                .containsExactly(
                        "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA");
    }

    private static List<String> all() {
        return Stream.concat(NEWER.stream(), OLDER.stream()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXP", "eNULL:RC4", "ECDHE+kRSA", "ALL:!ALL", "NULL-MD5", "-ALL", "CAMELLIA", "!HIGH"})
    void aListThatSelectsNothingIsRefused(String list) {
        assertThatThrownBy(() -> select(list))
                .hasMessage("expected at least one cipher that this Java has, found none in the list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HIHG", "ALL:!LOWW", "ECDHE+", "ECDHE+AESGMC", "high", "@SECLEVEL=9", "!", ":ALL"})
    void aWordThatNobodyKnowsIsRefused(String list) {
        assertThatThrownBy(() -> select(list))
                .hasMessageStartingWith("expected names of ciphers or OpenSSL's words for them, found ");
    }

    @Test
    void whatCannotBePrintedIsNot() {
        assertThatThrownBy(() -> select("A\nB")).hasMessageEndingWith("found something else");
    }

    @Test
    void everySuiteOfThisJavaIsUnderstood() throws Exception {
        assertThat(SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites())
                .filteredOn(name -> name.contains("_WITH_"))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(CipherSuite.of(name))
                        .hasValueSatisfying(suite -> assertThat(suite.bits()).isGreaterThanOrEqualTo(128)));
    }
}
