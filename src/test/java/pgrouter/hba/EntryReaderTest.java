package pgrouter.hba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pgrouter.config.ConfigException;
import pgrouter.config.Problem;

/** Files that include others. */
final class EntryReaderTest {
    @TempDir
    private Path directory;

    private Path file(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Hba read(String text) throws IOException, ConfigException {
        return Hba.read(file("hba", text), Optional.empty());
    }

    private List<String> problems(String text) {
        ConfigException wrong = catchThrowableOfType(ConfigException.class, () -> read(text));
        return wrong.problems().stream().map(Problem::toString).toList();
    }

    private static String user(Hba hba, String user) {
        return Texts.decision(hba, Texts.client("1.2.3.4", "d", user));
    }

    @Test
    void aWordMayStandForTheWordsOfAFile() throws Exception {
        file("sub/staff", "ann # the boss\n bob,\"carl x\"\n\n@more\n");
        file("sub/more", "dora \\\n emil");
        Hba hba = read("host all @sub/staff,fritz all trust\n");
        for (String user : List.of("ann", "bob", "carl x", "dora", "emil", "fritz")) {
            assertThat(user(hba, user)).as(user).isEqualTo("trust");
        }
        assertThat(user(hba, "@sub/staff")).isEqualTo("none");
    }

    @Test
    void wordsOfAFileKeepTheirMeaning() throws Exception {
        file("some", "\"all\"");
        assertThat(user(read("host all @some all trust"), "u")).isEqualTo("none");
        file("some", "all");
        assertThat(user(read("host all @some all trust"), "u")).isEqualTo("trust");
        file("with space", "u");
        assertThat(user(read("host all @\"with space\" all trust"), "u")).isEqualTo("trust");
    }

    @Test
    void aFileOfNoWordsIsAProblemAndMovesNoField() throws Exception {
        file("none", "# nobody\n");
        assertThat(problems("host all @none all trust"))
                .containsExactly(
                        directory.resolve("hba") + ":1:10: expected a file with at least one word, found `@none`");
    }

    @Test
    void includedRulesStandWhereTheIncludeStands() throws Exception {
        file("sub/first", "host all ann all reject\ninclude second\n");
        file("sub/second", "host all bob all md5\n");
        Hba hba = read("include sub/first\ninclude_if_exists missing\n\"include\" sub/second\nhost all all all trust");
        assertThat(user(hba, "ann")).isEqualTo("reject");
        assertThat(user(hba, "bob")).isEqualTo("md5");
        assertThat(user(hba, "carl")).isEqualTo("trust");
    }

    @Test
    void ofADirectoryTheConfFilesAreIncludedByName() throws Exception {
        file("d/20.conf", "host all ann all trust\n");
        file("d/10.conf", "host all ann all md5\n");
        file("d/.00.conf", "host all ann all reject\n");
        file("d/05.conf.old", "host all ann all reject\n");
        file("d/06.conf/x.conf", "host all ann all reject\n");
        Hba hba = read("include_dir d");
        assertThat(user(hba, "ann")).isEqualTo("md5");
        assertThat(user(hba, "bob")).isEqualTo("none");
    }

    @Test
    void whatCannotBeIncludedIsAProblem() throws Exception {
        Files.write(directory.resolve("binary"), new byte[] {'a', (byte) 0xff});
        Path hba = directory.resolve("hba");
        assertThat(problems("include missing\ninclude_dir missing\nhost all @binary all trust\ninclude \"\"\n"))
                .containsExactly(
                        directory.resolve("missing") + ":1:1: expected a readable file, found no such file",
                        hba + ":2:13: expected a directory that can be read, found `missing`",
                        directory.resolve("binary") + ":1:2: expected UTF-8 text, found the byte 0xff",
                        hba + ":4:9: expected the name of a file, found ``");
        assertThat(problems("include \"a\0b\"")).singleElement().asString().contains("expected the name of a file");
    }

    @Test
    void problemsOfAnIncludedFileAreThere() throws Exception {
        file("other", "\nhost all all\n");
        assertThat(problems("include other"))
                .containsExactly(directory.resolve("other") + ":2:13: expected the address, found end of line");
    }

    @Test
    void filesThatIncludeThemselvesEnd() throws Exception {
        Path hba = directory.resolve("hba");
        assertThat(problems("include hba\n"))
                .containsExactly(
                        hba + ":1:9: expected files at most 10 deep, not one that includes itself, found `hba`");
        assertThat(problems("include hba\n".repeat(100))).hasSize(1);
        assertThat(problems("host all @hba all trust\n".repeat(3)))
                .first()
                .asString()
                .contains("at most 10 deep");
    }

    @Test
    void theNumberOfFilesIsLimited() throws Exception {
        file("one", "ann");
        assertThat(problems("host all @one all trust\n".repeat(1001)))
                .containsExactly(directory.resolve("hba")
                        + ":1000:10: expected at most 1000 files, not one that includes itself, found `@one`");
    }

    @Test
    void aMissingFileIsAProblem() {
        Path missing = directory.resolve("missing");
        ConfigException wrong = catchThrowableOfType(
                ConfigException.class, () -> Hba.read(missing, Optional.of(directory.resolve("also missing"))));
        assertThat(wrong.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        missing + ":1:1: expected a readable file, found no such file",
                        directory.resolve("also missing") + ":1:1: expected a readable file, found no such file");
    }
}
