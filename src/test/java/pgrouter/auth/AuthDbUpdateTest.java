package pgrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the file of an authdb when users are put into it. */
final class AuthDbUpdateTest {
    @TempDir
    private Path directory;

    private static AuthDbUpdate put(Path file) throws AuthDbException, IOException {
        return AuthDbUpdate.write(file, Map.of("app", new Credential.Plain("x")));
    }

    private Path authDb(String text, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve("authdb"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aNewFileIsForItsOwnerOnly() throws Exception {
        Path file = directory.resolve("authdb");
        assertThat(put(file)).isEqualTo(new AuthDbUpdate(1, 0, List.of()));
        assertThat(file).hasContent("app plain x");
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(files()).containsExactly("authdb");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "r--------", "rw-r--r--", "rwxrwxrwx"})
    void aFileKeepsItsPermissions(String permissions) throws Exception {
        Path file = authDb("app plain y\n", permissions);
        assertThat(put(file)).isEqualTo(new AuthDbUpdate(0, 1, List.of()));
        assertThat(permissions(file)).isEqualTo(permissions);
        assertThat(file).hasContent("app plain x");
    }

    @Test
    void aFileKeepsItsOwnerAndGroup() throws Exception {
        Path file = authDb("", "rw-r-----");
        assumeTrue(Files.getAttribute(file, "unix:uid").equals(0), "only root can give a file away");
        Files.setAttribute(file, "unix:uid", 4242);
        Files.setAttribute(file, "unix:gid", 4343);
        assertThat(put(file).warnings()).isEmpty();
        assertThat(Files.readAttributes(file, "unix:uid,gid,mode"))
                .containsEntry("uid", 4242)
                .containsEntry("gid", 4343)
                .containsEntry("mode", 0100640);
    }

    @Test
    void aLinkStaysOne() throws Exception {
        Path file = authDb("", "rw-------");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("authdb"));
        put(link);
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("app plain x");
    }

    @Test
    void aBrokenFileIsLeftAlone() throws Exception {
        Path file = authDb("a plane secret\n", "rw-------");
        assertThatThrownBy(() -> put(file))
                .isInstanceOf(AuthDbException.class)
                .hasMessage(file + ":1:3: expected md5, scram-sha-256 or plain, found a hidden word");
        assertThat(file).hasContent("a plane secret");
        assertThat(files()).containsExactly("authdb");
    }

    @Test
    void aUserWithTwoLinesMustBeToldApartByHand() throws Exception {
        Path file = authDb("app plain a\napp plain b\n", "rw-------");
        assertThatThrownBy(() -> put(file))
                .hasMessageEndingWith(":2:1: expected one line a user, found the user of line 1 again");
        assertThat(file).hasContent("app plain a\napp plain b");
    }

    @Test
    void whatIsNoFileIsLeftAlone() {
        assertThatThrownBy(() -> put(directory))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("regular");
        assertThatThrownBy(() -> put(Path.of("/dev/null"))).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> put(directory.resolve("none/authdb"))).isInstanceOf(IOException.class);
    }
}
