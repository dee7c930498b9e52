package pgrouter;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import pgrouter.auth.AuthDbException;
import pgrouter.auth.AuthDbUpdate;
import pgrouter.auth.Credential;
import pgrouter.auth.Md5Password;
import pgrouter.auth.PasswordList;
import pgrouter.auth.ScramVerifier;
import pgrouter.config.Printable;

/** The subcommand that puts users into an authdb. Where it fails, the file does not change, and stderr says why. Blocks. */
final class Passwd {
    /** {@code NAMEDATALEN} of pg_config_manual.h, less the zero at its end. */
    private static final int LONGEST_NAME = 63;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    Passwd(InputStream in, PrintStream out, PrintStream err) {
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** @return whether it is done */
    boolean set(Arguments.Passwd asked) {
        try {
            String password = NewPassword.of(shown(asked.user()), in);
            return write(asked.file(), Map.of(asked.user(), entry(asked, password)));
        } catch (NewPassword.Unusable e) {
            return fail(e.getMessage());
        } catch (IOException e) {
            return fail("the password cannot be read: " + reason(e));
        }
    }

    private static String shown(String user) {
        return Printable.of(user, LONGEST_NAME);
    }

    private static Credential.Entry entry(Arguments.Passwd asked, String password) {
        return asked.md5()
                ? new Credential.Md5(Md5Password.hash(asked.user(), password))
                : new Credential.Scram(ScramVerifier.of(password));
    }

    /** @return whether it is done */
    boolean set(Arguments.Import asked) {
        try {
            PasswordList list = PasswordList.read(in, "stdin");
            for (String user : list.withoutPassword()) {
                err.println(shown(user) + " has no password, and is left out");
            }
            return list.entries().isEmpty()
                    ? fail("stdin has no user with a password")
                    : write(asked.file(), list.entries());
        } catch (AuthDbException e) {
            return fail(e);
        } catch (IOException e) {
            return fail("stdin cannot be read: " + reason(e));
        }
    }

    private boolean write(Path file, Map<String, Credential.Entry> entries) {
        try {
            AuthDbUpdate done = AuthDbUpdate.write(file, entries);
            out.println(file + ": " + done.added() + " added, " + done.changed() + " changed");
            done.warnings().forEach(err::println);
            SecretFiles.warnings(List.of(file)).forEach(err::println);
            return true;
        } catch (AuthDbException e) {
            return fail(e);
        } catch (IOException e) {
            return fail(file + " cannot be written: " + reason(e));
        }
    }

    private boolean fail(AuthDbException e) {
        e.problems().forEach(err::println);
        return false;
    }

    private boolean fail(String message) {
        err.println("pgrouter: " + message);
        return false;
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission is denied";
            case NoSuchFileException missing -> "no such directory";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage();
        };
    }
}
