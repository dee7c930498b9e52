package pgrouter.session;

import java.util.Locale;
import java.util.Optional;
import pgrouter.config.Consistency;
import pgrouter.protocol.FrontendMessage;
import pgrouter.routing.Preference;
import pgrouter.state.SessionState;
import pgrouter.state.SqlText;

/** The settings of pgrouter's own, as a session has set them on its server. Client thread only. */
final class OwnSettings {
    private static final String ROUTE = "pgrouter.route";
    private static final String CONSISTENCY = "pgrouter.consistency";

    private final Consistency usual;
    private Preference preference = Preference.AUTO;
    private Consistency consistency;

    /** @param usual for a session that has not set it */
    OwnSettings(Consistency usual) {
        this.usual = usual;
        this.consistency = usual;
    }

    Preference preference() {
        return preference;
    }

    Consistency consistency() {
        return consistency;
    }

    /** Takes the present values. One that cannot be understood is ignored. */
    void take(SessionState wanted) {
        preference = wanted.setting(ROUTE).flatMap(Preference::of).orElse(Preference.AUTO);
        consistency =
                wanted.setting(CONSISTENCY).flatMap(OwnSettings::consistencyOf).orElse(usual);
    }

    private static Optional<Consistency> consistencyOf(String word) {
        for (Consistency each : Consistency.values()) {
            if (each.name().equals(word.toUpperCase(Locale.ROOT))) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** A query that makes the server itself able to show the settings: in any protocol, format and transaction. */
    byte[] query(String lastRoute) {
        return FrontendMessage.query("SELECT pg_catalog.set_config(name, value, false) FROM (VALUES "
                + "('" + ROUTE + "', coalesce(nullif(pg_catalog.current_setting('" + ROUTE + "', true), ''), 'auto')), "
                + "('" + CONSISTENCY + "', coalesce(nullif(pg_catalog.current_setting('" + CONSISTENCY
                + "', true), ''), '" + usual.name().toLowerCase(Locale.ROOT) + "')), "
                + "('pgrouter.last_route', " + SqlText.literal(lastRoute) + ")) AS own (name, value)");
    }
}
