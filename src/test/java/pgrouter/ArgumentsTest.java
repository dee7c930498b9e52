package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.Arguments.Check;
import pgrouter.Arguments.Help;
import pgrouter.Arguments.Import;
import pgrouter.Arguments.Misused;
import pgrouter.Arguments.Passwd;
import pgrouter.Arguments.Place;
import pgrouter.Arguments.Run;
import pgrouter.Arguments.Version;
import pgrouter.config.LogLevel;

final class ArgumentsTest {
    private static final Path DEFAULT = Path.of("/etc/pgrouter.conf");

    private static Arguments of(String line) {
        return line.isEmpty() ? Arguments.of() : Arguments.of(line.split(" "));
    }

    @Test
    void withoutArgumentsItRunsOnTheDefaultFile() {
        assertThat(of("")).isEqualTo(new Run(DEFAULT, 0, Place.FOREGROUND));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c x", "-C x", "-cx", "-Cx", "--config x", "--config=x", "-c y -c x", "-Fc x", "-c x --"})
    void theFileMayBeGivenInManyWays(String line) {
        assertThat(of(line)).isEqualTo(new Run(Path.of("x"), 0, Place.FOREGROUND));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-t -c x", "-c x -t", "--test -c x", "-tc x", "-tcx", "-vtFc x", "-tt -c x"})
    void aTestChecksTheFile(String line) {
        assertThat(of(line)).isEqualTo(new Check(Path.of("x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--probe -c x", "-c x --probe", "-vF --probe -cx"})
    void aProbeAsksTheBackends(String line) {
        assertThat(of(line)).isEqualTo(new Arguments.Probe(Path.of("x")));
    }

    @Test
    void aProbeIsNoTest() {
        assertThat(of("-t --probe")).isInstanceOf(Misused.class);
        assertThat(of("--probe=x")).isEqualTo(new Misused("option --probe takes no value"));
    }

    @ParameterizedTest
    @CsvSource({"-v,1", "-vv,2", "-v -v,2", "-vFv --verbose,3", "--verbose,1", "-F,0", "--foreground,0"})
    void verbosityAddsUp(String line, int verbose) {
        assertThat(of(line)).isEqualTo(new Run(DEFAULT, verbose, Place.FOREGROUND));
    }

    @ParameterizedTest
    @CsvSource({
        "-d,DAEMON",
        "--daemon,DAEMON",
        "-vdcx,DAEMON",
        "-dF,FOREGROUND",
        "-F -d,DAEMON",
        "--detached,DETACHED",
        "-v,FOREGROUND"
    })
    void theLastOneSaysWhereItRuns(String line, Place place) {
        assertThat(of(line))
                .isInstanceOfSatisfying(
                        Run.class, run -> assertThat(run.place()).isEqualTo(place));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-vvd", "-c x --detached -v", "-F"})
    void itIsAskedForAgainByItsWords(String line) {
        Run run = (Run) of(line);
        assertThat(Arguments.of(run.words().toArray(String[]::new))).isEqualTo(run);
        assertThat(run.in(Place.DETACHED).words()).contains("--detached");
    }

    @Test
    void whatSaysSomethingAndEndsIsNotForTheBackground() {
        assertThat(of("-td")).isEqualTo(new Misused("-d excludes -t, which says something and ends"));
        assertThat(of("-d --probe")).isEqualTo(new Misused("-d excludes --probe, which says something and ends"));
    }

    @ParameterizedTest
    @CsvSource({
        "0,ERROR,ERROR",
        "0,DEBUG,DEBUG",
        "1,ERROR,WARNING",
        "2,ERROR,INFO",
        "3,ERROR,DEBUG",
        "1,INFO,DEBUG",
        "9,INFO,DEBUG",
        "1,DEBUG,DEBUG"
    })
    void everyVRaisesTheLevelOfTheFileByOne(int verbose, LogLevel configured, LogLevel used) {
        assertThat(new Run(DEFAULT, verbose, Place.FOREGROUND).logLevel(configured))
                .isEqualTo(used);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help", "-t -h", "-vh", "-h --nonsense"})
    void helpIsAllThatIsDone(String line) {
        assertThat(of(line)).isEqualTo(new Help());
    }

    @Test
    void versionIsAllThatIsDone() {
        assertThat(of("-t --version")).isEqualTo(new Version());
    }

    @ParameterizedTest
    @CsvSource({
        "-x,unknown option -x",
        "-vxh,unknown option -x",
        "--nonsense,unknown option --nonsense",
        "--nonsense=3,unknown option --nonsense",
        "--conf=x,unknown option --conf",
        "--=x,unknown option --",
        "--test=1,option --test takes no value",
        "-c,option -c needs a file",
        "-tC,option -C needs a file",
        "--config,option --config needs a file",
        "--config=,option --config needs a file",
        "start,unexpected argument start",
        "-,unexpected argument -",
        "-- -t,unexpected argument -t"
    })
    void whatMakesNoSenseIsSaidInOneLine(String line, String message) {
        assertThat(of(line)).isEqualTo(new Misused(message));
    }

    @Test
    void aFileNameThatCannotBeIsMisuse() {
        assertThat(Arguments.of("-c", "a\0b"))
                .isEqualTo(new Misused("option -c needs a file name that this system allows"));
        assertThat(Arguments.of("-ca\0b"))
                .isEqualTo(new Misused("option -c needs a file name that this system allows"));
        assertThat(Arguments.of("-c", "")).isEqualTo(new Misused("option -c needs a file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"passwd x bob", "passwd -- x bob", "passwd x -- bob"})
    void aPasswordIsAskedFor(String line) {
        assertThat(of(line)).isEqualTo(new Passwd(Path.of("x"), "bob", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"passwd --md5 x bob", "passwd x bob --md5", "passwd --md5 -- x bob"})
    void aPasswordMayBeKeptAsMd5(String line) {
        assertThat(of(line)).isEqualTo(new Passwd(Path.of("x"), "bob", true));
    }

    @Test
    void aUserMayHaveTheNameOfAnOption() {
        assertThat(of("passwd x -- --md5")).isEqualTo(new Passwd(Path.of("x"), "--md5", false));
        assertThat(of("passwd x -- --")).isEqualTo(new Passwd(Path.of("x"), "--", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"passwd --import x", "passwd x --import", "passwd --import -- x"})
    void usersMayBeTakenFromAList(String line) {
        assertThat(of(line)).isEqualTo(new Import(Path.of("x")));
    }

    @Test
    void passwdHelpsToo() {
        assertThat(of("passwd -h")).isEqualTo(new Help());
        assertThat(of("passwd --import --help")).isEqualTo(new Help());
    }

    @ParameterizedTest
    @CsvSource({
        "passwd,passwd needs FILE and USER and nothing else: it asks for the password",
        "passwd x,passwd needs FILE and USER and nothing else: it asks for the password",
        "passwd x bob secret,passwd needs FILE and USER and nothing else: it asks for the password",
        "passwd --import,passwd --import needs FILE and nothing else: the users come from stdin",
        "passwd --import x bob,passwd --import needs FILE and nothing else: the users come from stdin",
        "passwd --md5 --import x,options --md5 and --import exclude each other",
        "passwd -x,unknown option -x",
        "passwd --plain x bob,unknown option --plain",
        "passwd x b\uFFFD,'USER has a character that this locale does not know: set LC_ALL to one with UTF-8, as C.UTF-8'",
        "-t passwd,unexpected argument passwd"
    })
    void aPasswdThatMakesNoSenseIsSaidInOneLine(String line, String message) {
        assertThat(of(line)).isEqualTo(new Misused(message));
    }

    @Test
    void passwdNeedsNamesThatCanBe() {
        assertThat(Arguments.of("passwd", "x", "")).isEqualTo(new Misused("passwd needs a USER that is not empty"));
        assertThat(Arguments.of("passwd", "a\0b", "bob"))
                .isEqualTo(new Misused("passwd needs a FILE whose name this system allows"));
        assertThat(Arguments.of("passwd", "--import", ""))
                .isEqualTo(new Misused("passwd needs a FILE whose name this system allows"));
    }

    @Test
    void theUsageNamesEveryOption() {
        assertThat(Arguments.USAGE)
                .contains(
                        "-c, -C, --config FILE",
                        "-t, --test",
                        "-v, --verbose",
                        "-F, --foreground",
                        "-h, --help",
                        "--version",
                        "passwd [--md5] FILE USER",
                        "passwd --import FILE")
                .contains(DEFAULT.toString());
    }
}
