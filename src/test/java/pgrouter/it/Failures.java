package pgrouter.it;

import java.sql.SQLException;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What SQL fails with. */
final class Failures {
    private Failures() {}

    /** The SQLSTATE that this ends with. */
    static String of(ThrowingCallable action) {
        return Assertions.catchThrowableOfType(SQLException.class, action).getSQLState();
    }
}
