package pgrouter.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import pgrouter.config.FileErrors;

/** Appends lines to a file. logrotate may rename it before pgrouter opens the file again. */
final class FileOutput implements Output {
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    /** Opening a named pipe blocks until it has a reader, and cannot be interrupted. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Path path;
    private final Duration patience;
    private FileChannel channel;

    FileOutput(Path path) {
        this(path, PATIENCE);
    }

    FileOutput(Path path, Duration patience) {
        this.path = path;
        this.patience = patience;
    }

    @Override
    public void open() throws IOException {
        FutureTask<FileChannel> opening = new FutureTask<>(() -> FileChannel.open(path, APPEND, permissions()));
        Thread.ofPlatform().name("log-open").daemon().start(opening);
        try {
            channel = opening.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("cannot write the log " + path + ": " + reason(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "cannot write the log " + path + ": it takes too long to open it, as a pipe that nobody reads", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while opening the log " + path, e);
        }
    }

    private static String reason(Throwable cause) {
        return cause instanceof FileSystemException e ? FileErrors.unwritable(e) : String.valueOf(cause.getMessage());
    }

    /** Permissions of a new file: for its owner, and for the group that reads logs. */
    private FileAttribute<?>[] permissions() {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public void write(Log.Level level, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // The system has what was written.
        }
    }
}
