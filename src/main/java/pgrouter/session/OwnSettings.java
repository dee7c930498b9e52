package pgrouter.session;

import java.util.Locale;
import java.util.Optional;
import pgrouter.config.Consistency;
import pgrouter.config.Transactions;
import pgrouter.protocol.FrontendMessage;
import pgrouter.routing.Preference;
import pgrouter.state.SessionState;
import pgrouter.state.SqlText;

/** The settings of pgrouter's own, as a session has set them on its server. Client thread only. */
final class OwnSettings {
    private static final String ROUTE = "pgrouter.route";
    private static final String CONSISTENCY = "pgrouter.consistency";

    private static final String TRANSACTIONS = "pgrouter.transactions";

    private final Consistency usualConsistency;
    private final Transactions usualTransactions;
    private Preference preference = Preference.AUTO;
    private Consistency consistency;
    private Transactions transactions;

    /** @param consistency and the other values are for a session that has not set them */
    OwnSettings(Consistency consistency, Transactions transactions) {
        this.usualConsistency = consistency;
        this.usualTransactions = transactions;
        this.consistency = consistency;
        this.transactions = transactions;
    }

    Preference preference() {
        return preference;
    }

    Consistency consistency() {
        return consistency;
    }

    Transactions transactions() {
        return transactions;
    }

    /** Takes the present values. One that cannot be understood is ignored. */
    void take(SessionState wanted) {
        preference = wanted.setting(ROUTE).flatMap(Preference::of).orElse(Preference.AUTO);
        consistency = value(wanted.setting(CONSISTENCY), Consistency.values(), usualConsistency);
        transactions = value(wanted.setting(TRANSACTIONS), Transactions.values(), usualTransactions);
    }

    private static <E extends Enum<E>> E value(Optional<String> word, E[] values, E usual) {
        String name = word.orElse("").toUpperCase(Locale.ROOT);
        for (E each : values) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return usual;
    }

    /** A query that makes the server itself able to show the settings: in any protocol, format and transaction. */
    byte[] query(String lastRoute) {
        return FrontendMessage.query("SELECT pg_catalog.set_config(name, value, false) FROM (VALUES "
                + row(ROUTE, "auto")
                + row(CONSISTENCY, word(usualConsistency))
                + row(TRANSACTIONS, word(usualTransactions))
                + "('pgrouter.last_route', " + SqlText.literal(lastRoute) + ")) AS own (name, value)");
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A setting and its present value. */
    private static String row(String setting, String usual) {
        return "('" + setting + "', coalesce(nullif(pg_catalog.current_setting('" + setting + "', true), ''), '" + usual
                + "')), ";
    }
}
