package pgrouter.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The changes that were made to an authdb file.
 *
 * @param added how many users are new in it
 * @param changed how many users have another entry than before
 * @param warnings other changes of the file, one line each; mostly empty
 */
public record AuthDbUpdate(int added, int changed, List<String> warnings) {
    /** Copies the warnings. */
    public AuthDbUpdate {
        warnings = List.copyOf(warnings);
    }

    /**
     * Puts entries into the file. Creates it, readable by its owner only, where it does not exist. Everything else in
     * it stays as it is. A reader finds the old or the new file, whole. Of two simultaneous writes, one is lost.
     * Blocks: not for a thread that serves clients.
     *
     * @param entries by user; new ones are added in their order
     * @throws AuthDbException where the file cannot be read, or a line that would stay in it is wrong: then nothing
     *     is changed
     * @throws IOException where it cannot be written: then nothing is changed either
     */
    public static AuthDbUpdate write(Path file, Map<String, Credential.Entry> entries)
            throws AuthDbException, IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is not a regular file");
        }
        String before = Files.exists(file) ? AuthDbFile.text(file) : "";
        AuthDbText after = AuthDbText.of(before, entries);
        AuthDb.parse(after.text(), file.toString());
        List<String> warnings = FileReplacement.write(file, after.text().getBytes(StandardCharsets.UTF_8));
        return new AuthDbUpdate(after.added(), after.changed(), warnings);
    }
}
