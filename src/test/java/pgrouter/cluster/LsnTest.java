package pgrouter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LsnTest {
    private static Lsn lsn(String text) {
        return Lsn.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "0/0, 0",
        "0/1, 1",
        "16/B374D848, 97500059720",
        "16/b374d848, 97500059720",
        "1/0, 4294967296",
        "FFFFFFFF/FFFFFFFF, -1"
    })
    void bothHalvesAreRead(String text, long position) {
        assertThat(Lsn.parse(text)).contains(new Lsn(position));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/1", "16/B374D848", "FFFFFFFF/FFFFFFFF", "0/0"})
    void itIsWrittenAsPostgresWritesIt(String text) {
        assertThat(lsn(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "0",
                "0/",
                "/0",
                "0/0/0",
                "g/0",
                "0/g",
                "-1/0",
                "0/-1",
                " 0/0",
                "0/0 ",
                "100000000/0",
                "0/100000000",
                "+1/0",
                "0/+1",
                "\uff11/0"
            })
    void anyOtherTextIsNone(String text) {
        assertThat(Lsn.parse(text)).isEmpty();
    }

    @Test
    void placesAreComparedUnsigned() {
        assertThat(lsn("FFFFFFFF/0")).isGreaterThan(lsn("7FFFFFFF/FFFFFFFF"));
        assertThat(lsn("1/0")).isGreaterThan(lsn("0/FFFFFFFF"));
        assertThat(lsn("0/1")).isLessThan(lsn("0/2")).isEqualByComparingTo(lsn("0/1"));
    }

    @Test
    void itKnowsHowManyBytesItIsBehind() {
        assertThat(lsn("0/100").bytesBehind(lsn("1/0"))).isEqualTo(0xffffff00L);
        assertThat(lsn("1/0").bytesBehind(lsn("1/0"))).isZero();
        assertThat(lsn("1/0").bytesBehind(lsn("0/0"))).isZero();
        assertThat(lsn("7FFFFFFF/FFFFFFFF").bytesBehind(lsn("80000000/1"))).isEqualTo(2);
        assertThat(lsn("FFFFFFFF/0").bytesBehind(lsn("0/1"))).isZero();
    }

    /** An idle standby has replayed to the end of a page, and its primary will write behind the next page's header. */
    @ParameterizedTest
    @CsvSource({"0/3002018, 0/3002000", "0/3000028, 0/3000000", "FFFFFFFF/FFFFE018, FFFFFFFF/FFFFE000"})
    void behindAPageHeaderIsThePagesStart(String behindHeader, String start) {
        assertThat(lsn(behindHeader)).isEqualTo(lsn(start));
        assertThat(lsn(start).bytesBehind(lsn(behindHeader))).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/3002000", "0/3002017", "0/3002019", "0/3002029", "0/3003018", "0/3001FFF"})
    void anyOtherPlaceInAPageIsItself(String text) {
        assertThat(lsn(text)).hasToString(text);
    }
}
