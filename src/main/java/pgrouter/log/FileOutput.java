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
import java.util.Set;
import pgrouter.config.Unwritable;

/** A file that grows until somebody renames it and tells pgrouter to open it again, as logrotate does. */
final class FileOutput implements Output {
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private final Path path;
    private FileChannel channel;

    FileOutput(Path path) {
        this.path = path;
    }

    @Override
    public void open() throws IOException {
        try {
            channel = FileChannel.open(path, APPEND, permissions());
        } catch (FileSystemException e) {
            throw new IOException("cannot write the log " + path + ": " + Unwritable.reason(e), e);
        }
    }

    /** Where the file is made: for its owner and the group that reads logs. */
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
            // What was written is the system's.
        }
    }
}
