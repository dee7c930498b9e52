package pgrouter.config;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns the errors of the file system into words for an operator. Any thread. */
public final class FileErrors {
    private FileErrors() {}

    /** Returns why a file cannot be written or created: a phrase that follows a colon. */
    public static String unwritable(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such directory";
            case AccessDeniedException denied -> "permission is denied";
            default -> e.getReason() == null ? "it cannot be opened" : e.getReason();
        };
    }
}
