package pgrouter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;

/** Finds files with secrets that others may read. Blocks: not for a thread that serves clients. */
final class SecretFiles {
    private SecretFiles() {}

    /** Returns one line for each of these files that every user of this host may read: the problem, and the remedy. */
    static List<String> warnings(List<Path> files) {
        return files.stream()
                .distinct()
                .filter(SecretFiles::isOpenToAll)
                .map(file -> file + " can be read by every user of this host: chmod 600 " + file)
                .toList();
    }

    /** Not where the file system has no such permissions, or the file is gone: the code that needs it says so. */
    private static boolean isOpenToAll(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
