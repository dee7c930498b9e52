package pgrouter.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the log goes that is not as it should be. */
@Timeout(30)
final class FileOutputTest {
    @TempDir
    private Path directory;

    private static Path pipe(Path path) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
        return path;
    }

    /** The process could not even be stopped. */
    @Test
    void aPipeThatNobodyReadsIsNotWaitedFor() throws Exception {
        FileOutput output = new FileOutput(pipe(directory.resolve("log")), Duration.ofMillis(50));
        assertThatThrownBy(output::open)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write the log " + directory.resolve("log") + ": ")
                .hasMessageContaining("a pipe that nobody reads");
    }

    @Test
    void aPipeThatIsReadTakesTheLines() throws Exception {
        Path pipe = pipe(directory.resolve("log"));
        Process reader = new ProcessBuilder("head", "-n", "1", pipe.toString()).start();
        FileOutput output = new FileOutput(pipe);
        output.open();
        output.write(Log.Level.INFO, "line");
        assertThat(reader.inputReader().readLine()).isEqualTo("line");
        output.close();
        reader.waitFor();
    }

    @Test
    void aDirectoryIsNamedAsWhatItIs() throws Exception {
        Path log = Files.createDirectory(directory.resolve("log"));
        assertThatThrownBy(new FileOutput(log)::open).hasMessage("cannot write the log " + log + ": Is a directory");
    }
}
