package pgrouter.hba;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses an entry of the hba file into a rule ({@code parse_hba_line} of hba.c). One use.
 *
 * <pre>
 * local                                            DATABASES USERS              METHOD OPTIONS
 * host, hostssl, hostnossl, hostgssenc, ...        DATABASES USERS ADDRESS      METHOD OPTIONS
 *                                                  DATABASES USERS ADDRESS MASK METHOD OPTIONS
 * </pre>
 */
final class RuleParser {
    private static final String ROLES_UNKNOWN = "; pgrouter does not know the members of roles";

    private final Entry entry;
    private final Fields fields;

    RuleParser(Entry entry) {
        this.entry = entry;
        this.fields = new Fields(entry);
    }

    Rule parse() throws WrongEntry {
        Token typeWord = fields.one(ConnectionType.WORDS);
        ConnectionType type = ConnectionType.of(typeWord.text())
                .orElseThrow(() -> WrongEntry.expected(ConnectionType.WORDS + " or an include", typeWord));
        List<Databases> databases = databases();
        List<Users> users = users();
        Hosts hosts = type == ConnectionType.LOCAL ? new Hosts.All() : hosts();
        Method method = method(type);
        RuleOptions options = new RuleOptions(type, method);
        while (!fields.atEnd()) {
            options.read(fields.several("an option"));
        }
        Rule.Scope scope = new Rule.Scope(type, databases, users, hosts);
        return options.rule(scope, entry.first().place());
    }

    private List<Databases> databases() throws WrongEntry {
        List<Databases> databases = new ArrayList<>();
        for (Token word : fields.several("the databases")) {
            databases.add(database(word));
        }
        return databases;
    }

    private static Databases database(Token word) throws WrongEntry {
        if (word.isKeyword("samerole") || word.isKeyword("samegroup")) {
            throw WrongEntry.expected("a database", word, ROLES_UNKNOWN);
        }
        if (word.isKeyword("all")) {
            return new Databases.All();
        }
        if (word.isKeyword("sameuser")) {
            return new Databases.SameUser();
        }
        if (word.isKeyword("replication")) {
            return new Databases.Replication();
        }
        return word.isRegex() ? new Databases.Matching(Fields.regex(word)) : new Databases.Named(word.text());
    }

    private List<Users> users() throws WrongEntry {
        List<Users> users = new ArrayList<>();
        for (Token word : fields.several("the users")) {
            users.add(user(word));
        }
        return users;
    }

    static Users user(Token word) throws WrongEntry {
        if (word.isRole()) {
            throw WrongEntry.expected("a user", word, ROLES_UNKNOWN);
        }
        if (word.isKeyword("all")) {
            return new Users.All();
        }
        return word.isRegex() ? new Users.Matching(Fields.regex(word)) : new Users.Named(word.text());
    }

    private Hosts hosts() throws WrongEntry {
        Token word = fields.one("the address");
        if (word.isKeyword("all")) {
            return new Hosts.All();
        }
        if (word.isKeyword("samehost")) {
            return new Hosts.SameHost();
        }
        return word.isKeyword("samenet") ? new Hosts.SameNet() : new Hosts.Range(network(word));
    }

    private Network network(Token word) throws WrongEntry {
        int slash = word.text().indexOf('/');
        String numeric = slash < 0 ? word.text() : word.text().substring(0, slash);
        byte[] address = Network.numeric(numeric)
                .orElseThrow(() -> WrongEntry.expected(
                        "an address such as 10.0.0.0/8 or ::1/128, all, samehost or samenet",
                        word,
                        "; pgrouter looks up no host names here"));
        return slash < 0
                ? new Network(address, mask(address))
                : Network.of(address, bits(address, word.text().substring(slash + 1), word));
    }

    private static int bits(byte[] address, String digits, Token word) throws WrongEntry {
        int most = address.length * Byte.SIZE;
        int bits = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : most + 1;
        if (bits > most) {
            throw WrongEntry.expected("a number from 0 to " + most + " behind the slash", word);
        }
        return bits;
    }

    private byte[] mask(byte[] address) throws WrongEntry {
        String what = "a network mask, or a slash and a number behind the address";
        Token word = fields.one(what);
        byte[] mask = Network.numeric(word.text()).orElseThrow(() -> WrongEntry.expected(what, word));
        if (mask.length != address.length) {
            throw WrongEntry.expected("a network mask of the same IP version as the address", word);
        }
        return mask;
    }

    private Method method(ConnectionType type) throws WrongEntry {
        Token word = fields.one("the method");
        Optional<Method> method = Method.of(word.text());
        if (method.isEmpty()) {
            String remark = Method.isPostgresqlOnly(word.text()) ? "; pgrouter lacks this method of PostgreSQL" : "";
            throw WrongEntry.expected("one of " + Method.WORDS, word, remark);
        }
        if (method.get().needsTls() && type != ConnectionType.HOSTSSL) {
            throw WrongEntry.expected("hostssl at the beginning of a rule with this method", word);
        }
        return method.get();
    }
}
