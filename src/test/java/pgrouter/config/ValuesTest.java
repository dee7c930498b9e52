package pgrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ValuesTest {
    private static final String SIZE = "a size such as 16mb, or a time such as 500ms";
    private static final String TIME = "a time such as 3s, 2m, 1h or 200ms";
    private static final String WEIGHT = "a weight such as 100 or 1.25";

    private static String wrong(String key, String value) {
        return Texts.problems("authdb a; backend b { " + key + " " + value + " }")
                .toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "200,200",
        "500b,500",
        "500B,500",
        "64k,65536",
        "64kb,65536",
        "64Kb,65536",
        "64KB,65536",
        "3m,3145728",
        "3mb,3145728",
        "3MB,3145728",
        "1g,1073741824",
        "1gb,1073741824",
        "1GB,1073741824",
        "007,7",
        "9223372036854775807,9223372036854775807",
        "8589934591gb,9223372035781033984"
    })
    void aSizeIsInBytes(String text, long bytes) throws ConfigException {
        assertThat(Texts.backend("lag " + text).lag()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5mb", "kb", "1tb", "1bk", "1kbb", "3d", "x", "1_000", "1,5", "+1"})
    void whatIsNoSizeIsAProblem(String text) {
        assertThat(wrong("lag", text)).isEqualTo("[f:1:27: expected " + SIZE + ", found `" + text + "`]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "8589934592gb", "99999999999999999999999999k"})
    void aSizeThatOverflowsIsAProblem(String text) {
        assertThat(wrong("lag", text)).isEqualTo("[f:1:27: expected a size below 8589934592gb, found `" + text + "`]");
    }

    @ParameterizedTest
    @CsvSource({
        "1ms,1",
        "200ms,200",
        "200MS,200",
        "3s,3000",
        "3S,3000",
        "2m,120000",
        "2M,120000",
        "1h,3600000",
        "1H,3600000",
        "596h,2145600000",
        "2147483647ms,2147483647"
    })
    void aTimeHasAUnit(String text, long milliseconds) throws ConfigException {
        assertThat(Texts.backend("timeout " + text).timeout()).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "0", "99999999999"})
    void aTimeWithoutItsUnitIsAProblemThatNamesTheUnits(String text) {
        assertThat(wrong("timeout", text))
                .isEqualTo("[f:1:31: expected a time with its unit (ms, s, m or h), found `" + text + "`]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-3s", "1.5s", "3d", "3us", "s", "3sec", "3ss", "64kb"})
    void whatIsNoTimeIsAProblem(String text) {
        assertThat(wrong("timeout", text)).isEqualTo("[f:1:31: expected " + TIME + ", found `" + text + "`]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "0ms", "597h", "2147483648ms", "9223372036854775807h", "99999999999999999999999h"})
    void aTimeOutOfRangeIsAProblem(String text) {
        assertThat(wrong("timeout", text))
                .isEqualTo("[f:1:31: expected a time from 1ms to 596h, found `" + text + "`]");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1,1",
        "100,100",
        "125,125",
        "1000000,1000000",
        "1.25,125",
        "1.5,150",
        "1.0,100",
        "0.01,1",
        "0.0,0",
        "2.50,250",
        "10000.00,1000000"
    })
    void aDecimalWeightIsHundredths(String text, int weight) throws ConfigException {
        assertThat(Texts.backend("weight " + text).weight()).isEqualTo(weight);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.", ".5", "1.2.3", "1,5", "heavy", "1k", "1e3"})
    void whatIsNoWeightIsAProblem(String text) {
        assertThat(wrong("weight", text)).isEqualTo("[f:1:30: expected " + WEIGHT + ", found `" + text + "`]");
    }

    @ParameterizedTest
    @CsvSource({
        "1.255,a weight with at most two decimals",
        "1.000,a weight with at most two decimals",
        "1000001,a weight from 0 to 1000000",
        "99999999999999999999,a weight from 0 to 1000000",
        "10000.01,a weight from 0.00 to 10000.00"
    })
    void aWeightOutOfRangeSaysWhichIsIn(String text, String expected) {
        assertThat(wrong("weight", text)).isEqualTo("[f:1:30: expected " + expected + ", found `" + text + "`]");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "64,64", "1024,1024"})
    void workersAreANumber(String text, int workers) throws ConfigException {
        assertThat(Texts.complete("workers " + text).fixed().workers()).isEqualTo(workers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1025", "-1", "4k", "4s", "1.5", "many", "99999999999999999999"})
    void workersOutOfRangeAreAProblem(String text) {
        assertThat(Texts.problemsOf("workers " + text))
                .containsExactly("f:1:9: expected a number from 1 to 1024, found `" + text + "`");
    }

    @ParameterizedTest
    @CsvSource({"ERROR,ERROR", "error,ERROR", "Warning,WARNING", "Info,INFO", "dEbUg,DEBUG"})
    void logLevelsMayBeInAnyCase(String text, LogLevel level) throws ConfigException {
        assertThat(Texts.complete("log " + text).live().log().level()).isEqualTo(level);
        assertThat(Texts.complete("log { level " + text + " }").live().log().level())
                .isEqualTo(level);
    }

    @Test
    void theLogGoesToStandardErrorToSyslogOrToAFile() throws ConfigException {
        assertThat(target("Stderr")).isEqualTo(new Logging.Target.Stderr());
        assertThat(target("syslog")).isEqualTo(new Logging.Target.Syslog());
        assertThat(target("/var/log/pgrouter.log"))
                .isEqualTo(new Logging.Target.File(Path.of("/var/log/pgrouter.log")));
        assertThat(target("'stderr'")).isInstanceOf(Logging.Target.File.class);
    }

    private static Logging.Target target(String text) throws ConfigException {
        return Texts.complete("log INFO { to " + text + " }").live().log().target();
    }

    @Test
    void whatTheBlockOfLogDoesNotKnowIsAProblem() {
        assertThat(Texts.problemsOf("log LOUD { format xml; slow 3 }"))
                .containsExactly(
                        "f:1:5: expected ERROR, WARNING, INFO or DEBUG, found `LOUD`",
                        "f:1:19: expected text or json, found `xml`",
                        "f:1:29: expected a time with its unit (ms, s, m or h), found `3`");
        assertThat(Texts.problemsOf("log"))
                .containsExactly("f:1:4: expected ERROR, WARNING, INFO or DEBUG after `log`, found end of line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "debugg", "err", "warn", "i"})
    void keywordsAreWholeWords(String text) {
        assertThat(Texts.problemsOf("log " + text))
                .containsExactly("f:1:5: expected ERROR, WARNING, INFO or DEBUG, found `" + text + "`");
    }

    @ParameterizedTest
    @CsvSource({"on,ON", "OFF,OFF", "SkipVerify,SKIPVERIFY", "require,REQUIRE", "Direct,DIRECT"})
    void aBackendsTlsIsAKeyword(String text, BackendTls.Mode mode) throws ConfigException {
        assertThat(Texts.backend("tls " + text).tls().mode()).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TLSv1.2|TLS_1_2",
                "tlsV1.3|TLS_1_3",
                "TLSv1.3,TLSv1.2|TLS_1_2 TLS_1_3",
                "'TLSv1.2 TLSv1.3'|TLS_1_2 TLS_1_3"
            })
    void onlySafeVersionsOfTlsCanBeAskedFor(String text, String expected) throws ConfigException {
        String quoted = text.contains(" ") ? "\"" + text + "\"" : text;
        Config config = Texts.complete("tls { cert c; key k; protocols " + quoted + " }");
        assertThat(config.live().tls().orElseThrow().protocols())
                .extracting(Enum::name)
                .containsExactlyInAnyOrder(expected.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1", "SSLv3", "TLSv1.2,TLSv1.1", "TLSv1.4", "all", ",", "''"})
    void anOldOrUnknownVersionIsAProblem(String text) {
        assertThat(Texts.problemsOf("tls { cert c; key k; protocols " + text + " }"))
                .singleElement()
                .asString()
                .startsWith("f:1:32: expected TLSv1.2, TLSv1.3 or both, with a comma between them, found ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"log \"INFO\"", "workers \"4\"", "log 'INFO'"})
    void aStringIsNeverAKeywordOrANumber(String text) {
        String value = text.substring(text.indexOf(' ') + 2, text.length() - 1);
        assertThat(Texts.problemsOf(text)).singleElement().asString().endsWith("found the string \"" + value + "\"");
    }
}
