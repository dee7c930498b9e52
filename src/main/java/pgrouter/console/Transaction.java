package pgrouter.console;

import pgrouter.console.Command.Kind;
import pgrouter.protocol.SqlState;

/** Whether the client believes to be in a transaction, which contains no changes. One thread. */
final class Transaction {
    private byte status = 'I';

    /** The status byte of ReadyForQuery: I, T or E. */
    byte status() {
        return status;
    }

    boolean isOpen() {
        return status != 'I';
    }

    /** @throws Rejected where the transaction has failed and this does not end it */
    void require(Command command) throws Rejected {
        boolean ends = command instanceof Command.Transaction(Kind kind) && kind != Kind.BEGIN;
        if (status == 'E' && !ends) {
            throw new Rejected(
                    SqlState.IN_FAILED_SQL_TRANSACTION,
                    "current transaction is aborted, commands ignored until end of transaction block");
        }
    }

    /** @return the tag of CommandComplete */
    String run(Kind kind) {
        boolean failed = status == 'E';
        status = (byte) (kind == Kind.BEGIN ? 'T' : 'I');
        return kind == Kind.COMMIT && failed ? Kind.ROLLBACK.name() : kind.name();
    }

    void failed() {
        status = (byte) (isOpen() ? 'E' : 'I');
    }
}
