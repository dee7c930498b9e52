package pgrouter.config;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file that would be made where it is missing cannot be written. */
public final class Unwritable {
    private Unwritable() {}

    /** In words for an operator, to stand behind a colon. */
    public static String reason(FileSystemException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such directory";
            case AccessDeniedException denied -> "permission is denied";
            default -> e.getReason() == null ? "it cannot be opened" : e.getReason();
        };
    }
}
