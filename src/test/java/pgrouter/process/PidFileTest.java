package pgrouter.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is found in the place of the pidfile. */
@Timeout(30)
final class PidFileTest {
    @TempDir
    private Path directory;

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path target = Files.writeString(directory.resolve("target"), "precious");
        Path link = Files.createSymbolicLink(directory.resolve("pid"), target);
        assertRefused(link);
        assertThat(target).hasContent("precious");
    }

    @Test
    void aPipeIsNotWrittenTo() throws Exception {
        Path pipe = directory.resolve("pid");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertRefused(pipe);
    }

    private static void assertRefused(Path path) {
        assertThatThrownBy(() -> PidFile.take(path, Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write the pidfile " + path + ": it is a link, or no file");
    }

    @Test
    void theNumberOfAnotherKeepsNobodyFromStarting() throws Exception {
        Path path = Files.writeString(directory.resolve("pid"), "1\n");
        try (PidFile taken = PidFile.take(path, Optional.empty())) {
            assertThat(path).hasContent(ProcessHandle.current().pid() + "\n");
            assertThat(taken).isNotNull();
        }
        assertThat(path).doesNotExist();
    }
}
