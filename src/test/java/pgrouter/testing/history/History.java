package pgrouter.testing.history;

import java.util.List;
import java.util.Map;

/**
 * All that the clients of a database did, in no order.
 *
 * @param last each list after the last transaction
 * @param money the total that the bank has at all times
 */
public record History(List<Transaction> transactions, Map<Key, List<Integer>> last, long money) {
    public History {
        transactions = List.copyOf(transactions);
        last = Map.copyOf(last);
    }
}
