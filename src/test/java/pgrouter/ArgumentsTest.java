package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pgrouter.Arguments.Check;
import pgrouter.Arguments.Help;
import pgrouter.Arguments.Misused;
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
        assertThat(of("")).isEqualTo(new Run(DEFAULT, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-c x", "-C x", "-cx", "-Cx", "--config x", "--config=x", "-c y -c x", "-Fc x", "-c x --"})
    void theFileMayBeGivenInManyWays(String line) {
        assertThat(of(line)).isEqualTo(new Run(Path.of("x"), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-t -c x", "-c x -t", "--test -c x", "-tc x", "-tcx", "-vtFc x", "-tt -c x"})
    void aTestChecksTheFile(String line) {
        assertThat(of(line)).isEqualTo(new Check(Path.of("x")));
    }

    @ParameterizedTest
    @CsvSource({"-v,1", "-vv,2", "-v -v,2", "-vFv --verbose,3", "--verbose,1", "-F,0", "--foreground,0"})
    void verbosityAddsUp(String line, int verbose) {
        assertThat(of(line)).isEqualTo(new Run(DEFAULT, verbose));
    }

    @ParameterizedTest
    @CsvSource({
        "0,ERROR,ERROR",
        "0,DEBUG,DEBUG",
        "1,ERROR,INFO",
        "2,ERROR,DEBUG",
        "1,INFO,DEBUG",
        "9,INFO,DEBUG",
        "1,DEBUG,DEBUG"
    })
    void everyVRaisesTheLevelOfTheFileByOne(int verbose, LogLevel configured, LogLevel used) {
        assertThat(new Run(DEFAULT, verbose).logLevel(configured)).isEqualTo(used);
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

    @Test
    void theUsageNamesEveryOption() {
        assertThat(Arguments.USAGE)
                .contains(
                        "-c, -C, --config FILE",
                        "-t, --test",
                        "-v, --verbose",
                        "-F, --foreground",
                        "-h, --help",
                        "--version")
                .contains(DEFAULT.toString());
    }
}
