package pgrouter.process;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.util.Optional;
import pgrouter.config.FileErrors;

/**
 * Holds the process id, and keeps a second process with the same file from starting. The lock, not the number in the
 * file, tells whether the process lives. So a file that remains after a crash does no harm.
 */
public final class PidFile implements Closeable {
    private static final int LONGEST = 32;

    private final Path path;
    private final FileChannel channel;

    private PidFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Writes the file of this process.
     *
     * @param owner the user that removes it, where that is not the present one
     * @throws IOException where another process holds it, or it cannot be written
     */
    public static PidFile take(Path path, Optional<Account> owner) throws IOException {
        PidFile file = locked(path);
        try {
            file.write(ProcessHandle.current().pid() + "\n");
            if (owner.isPresent()) {
                file.giveTo(owner.get());
            }
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Creates an empty file, for a process that may open the file but not create it. */
    public static void leaveTo(Account owner, Path path) throws IOException {
        PidFile file = locked(path);
        try (FileChannel channel = file.channel) {
            channel.truncate(0);
            file.giveTo(owner);
        }
    }

    private static PidFile locked(Path path) throws IOException {
        while (true) {
            FileChannel channel = open(path);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                String other = content(channel);
                channel.close();
                throw new IOException("pgrouter runs already" + (other.isEmpty() ? "" : " as process " + other)
                        + ": it holds the pidfile " + path);
            }
            if (Files.exists(path)) {
                return new PidFile(path, channel);
            }
            channel.close();
        }
    }

    private static FileChannel open(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("cannot write the pidfile " + path + ": it is a link, or no file");
        }
        try {
            return FileChannel.open(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            throw new IOException("cannot write the pidfile " + path + ": " + FileErrors.unwritable(e), e);
        }
    }

    private static String content(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).replaceAll("\\D", "");
    }

    private void write(String text) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** Does not follow a link: otherwise root could give away any file, through a link in a directory of that user. */
    private void giveTo(Account owner) throws IOException {
        Files.getFileAttributeView(path, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setOwner(owner.principal());
    }

    /** Removes the file; empties it where the directory belongs to another user. */
    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
            Files.deleteIfExists(path);
        } catch (IOException notOurDirectory) {
            // An empty file without a lock means that no process runs.
        }
    }
}
