package pgrouter.console;

import java.util.List;
import java.util.Optional;
import pgrouter.protocol.BackendMessage;
import pgrouter.protocol.BackendTag;

/** A bound command, and the part of its result that was not fetched yet. One thread. */
final class Portal {
    private final Optional<Command> command;
    private final int[] formats;
    private Optional<Result> result = Optional.empty();
    private int next;

    /**
     * @param command empty for an empty text
     * @param formats one for each column
     */
    Portal(Optional<Command> command, int[] formats) {
        this.command = command;
        this.formats = formats.clone();
    }

    Optional<Command> command() {
        return command;
    }

    int[] formats() {
        return formats.clone();
    }

    boolean isRun() {
        return result.isPresent();
    }

    void ran(Result itsResult) {
        result = Optional.of(itsResult);
    }

    /**
     * Writes the next rows and the message that ends them. Where there are as many rows as were wanted, PostgreSQL
     * does not check for another ({@code PortalRunSelect} in pquery.c).
     *
     * @param most the maximum number of rows; 0 for all
     */
    void fetch(int most, Output out) {
        List<List<Optional<String>>> rows = result.orElseThrow().rows();
        int end = most > 0 && most < rows.size() - next ? next + most : rows.size();
        boolean suspends = most > 0 && end - next == most;
        while (next < end) {
            out.add(BackendMessage.dataRow(rows.get(next++)));
        }
        out.add(
                suspends
                        ? BackendMessage.bare(BackendTag.PORTAL_SUSPENDED)
                        : BackendMessage.commandComplete(result.orElseThrow().tag()));
    }
}
