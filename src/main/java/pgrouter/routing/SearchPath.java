package pgrouter.routing;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The schemas in which the server looks for a name without a schema: those of {@code search_path}, whether they exist
 * or not, and PostgreSQL's own. Temporary objects of the session are left out, since a session with them has no
 * standby. Immutable. Any thread.
 */
public final class SearchPath {
    private static final String OWN_USER = "$user";
    private static final int LONGEST_NAME = 63;

    private final Set<String> schemas;
    private final int hash;

    private SearchPath(Set<String> schemas) {
        this.schemas = Set.copyOf(schemas);
        this.hash = this.schemas.hashCode();
    }

    /**
     * Reads the value of the parameter as {@code SplitIdentifierString} in varlena.c does.
     *
     * @param user the current user, who replaces {@code $user}; empty makes a path with it unknown
     * @return empty where the server's reading of it is not certain
     */
    public static Optional<SearchPath> of(String value, Optional<String> user) {
        Reader reader = new Reader(value, user);
        return reader.read() ? Optional.of(new SearchPath(reader.schemas)) : Optional.empty();
    }

    public Set<String> schemas() {
        return schemas;
    }

    private static final class Reader {
        private final String value;
        private final Optional<String> user;
        private final Set<String> schemas = new HashSet<>(Set.of("pg_catalog"));
        private int position;

        Reader(String value, Optional<String> user) {
            this.value = value;
            this.user = user;
        }

        boolean read() {
            skipBlanks();
            if (position == value.length()) {
                return true;
            }
            while (schema()) {
                skipBlanks();
                if (position == value.length()) {
                    return true;
                }
                if (value.charAt(position++) != ',') {
                    return false;
                }
                skipBlanks();
            }
            return false;
        }

        private boolean schema() {
            Optional<String> name = position < value.length() && value.charAt(position) == '"' ? quoted() : plain();
            Optional<String> schema = name.filter(OWN_USER::equals).isPresent() ? user : name;
            schema.ifPresent(schemas::add);
            return schema.filter(Reader::isCertain).isPresent();
        }

        /**
         * Whether the server's form of a name is certain. Where it cuts a name, and how it folds letters beyond ASCII,
         * depends on the encoding of the database.
         */
        private static boolean isCertain(String name) {
            return name.length() <= LONGEST_NAME
                    && StandardCharsets.US_ASCII.newEncoder().canEncode(name);
        }

        private Optional<String> quoted() {
            StringBuilder name = new StringBuilder();
            for (position++; position < value.length(); position++) {
                char letter = value.charAt(position);
                if (letter == '"') {
                    position++;
                    if (position == value.length() || value.charAt(position) != '"') {
                        return Optional.of(name.toString());
                    }
                }
                name.append(letter);
            }
            return Optional.empty();
        }

        private Optional<String> plain() {
            int start = position;
            while (position < value.length() && value.charAt(position) != ',' && !isBlank(value.charAt(position))) {
                position++;
            }
            return position == start
                    ? Optional.empty()
                    : Optional.of(value.substring(start, position).toLowerCase(Locale.ROOT));
        }

        private void skipBlanks() {
            while (position < value.length() && isBlank(value.charAt(position))) {
                position++;
            }
        }

        private static boolean isBlank(char letter) {
            return letter == ' ' || (letter >= '\t' && letter <= '\r');
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof SearchPath path && schemas.equals(path.schemas));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return schemas.toString();
    }
}
