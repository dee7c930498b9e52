package pgrouter.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Replaces the content of a file. A reader finds the old or the new content, whole, even after a crash. */
final class FileReplacement {
    private FileReplacement() {}

    /**
     * Keeps the owner, the group and the permissions of a file, but not its access list. A symbolic link stays one. A
     * new file is for its owner only.
     *
     * @return what could not be kept, one line each
     */
    static List<String> write(Path file, byte[] content) throws IOException {
        boolean exists = Files.exists(file);
        Path place = exists ? file.toRealPath() : file.toAbsolutePath();
        // Java lets only the owner read a temporary file.
        Path fresh = Files.createTempFile(place.getParent(), "." + place.getFileName(), ".new");
        try {
            List<String> warnings = fill(fresh, content, exists ? Optional.of(place) : Optional.empty());
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
            force(place.getParent());
            return warnings;
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Opened first: its permissions may forbid the owner to write. */
    private static List<String> fill(Path fresh, byte[] content, Optional<Path> old) throws IOException {
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            List<String> warnings = old.isPresent() ? copyAccess(old.get(), fresh) : List.of();
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
            return warnings;
        }
    }

    private static List<String> copyAccess(Path old, Path fresh) throws IOException {
        PosixFileAttributeView from = Files.getFileAttributeView(old, PosixFileAttributeView.class);
        PosixFileAttributeView to = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        if (from == null || to == null) {
            return List.of();
        }
        PosixFileAttributes wanted = from.readAttributes();
        String owner = to.getOwner().getName();
        List<String> warnings = new ArrayList<>();
        if (!isGivenTo(wanted.owner(), to)) {
            warnings.add(old + " belongs to " + owner + " now, no longer to "
                    + wanted.owner().getName());
        }
        Set<PosixFilePermission> permissions = new HashSet<>(wanted.permissions());
        if (!isOpenedTo(wanted.group(), to)) {
            permissions.removeIf(permission -> permission.name().startsWith("GROUP_"));
            warnings.add(
                    old + " is no longer open to the group " + wanted.group().getName());
        }
        to.setPermissions(permissions);
        return warnings;
    }

    private static boolean isGivenTo(UserPrincipal owner, PosixFileAttributeView file) throws IOException {
        if (file.getOwner().equals(owner)) {
            return true;
        }
        try {
            file.setOwner(owner);
            return true;
        } catch (IOException onlyRootMay) {
            return false;
        }
    }

    private static boolean isOpenedTo(GroupPrincipal group, PosixFileAttributeView file) throws IOException {
        if (file.readAttributes().group().equals(group)) {
            return true;
        }
        try {
            file.setGroup(group);
            return true;
        } catch (IOException onlyItsMembersMay) {
            return false;
        }
    }

    /** Forces the new name of the file too. Where that fails, the file is in place nevertheless. */
    private static void force(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notOnThisSystem) {
            return;
        }
    }
}
