package pgrouter.hba;

import java.util.List;
import java.util.Optional;

/** The options after the method of a rule ({@code parse_hba_auth_opt} of hba.c). One use. */
final class RuleOptions {
    private final ConnectionType type;
    private final Method method;
    private Rule.Certificate certificate = Rule.Certificate.NONE;
    private boolean byDistinguishedName;
    private Optional<String> map = Optional.empty();

    RuleOptions(ConnectionType type, Method method) {
        this.type = type;
        this.method = method;
    }

    void read(List<Token> words) throws WrongEntry {
        for (Token word : words) {
            read(word);
        }
    }

    private void read(Token word) throws WrongEntry {
        int equals = word.text().indexOf('=');
        String name = equals < 0 ? word.text() : word.text().substring(0, equals);
        String value = equals < 0 ? "" : word.text().substring(equals + 1);
        switch (name) {
            case "clientcert" -> certificate = certificate(value, word);
            case "clientname" -> byDistinguishedName = clientName(value, word);
            case "map" -> map = map(value, word);
            default -> throw WrongEntry.expected("clientcert=, clientname= or map=", word);
        }
    }

    private Rule.Certificate certificate(String value, Token word) throws WrongEntry {
        needHostssl(word);
        if (value.equals("verify-full")) {
            return Rule.Certificate.VERIFY_FULL;
        }
        if (method == Method.CERT || !value.equals("verify-ca")) {
            String values = method == Method.CERT ? "verify-full" : "verify-ca or verify-full";
            throw WrongEntry.expected("clientcert=" + values, word);
        }
        return Rule.Certificate.VERIFY_CA;
    }

    private boolean clientName(String value, Token word) throws WrongEntry {
        needHostssl(word);
        if (!value.equals("CN") && !value.equals("DN")) {
            throw WrongEntry.expected("clientname=CN or clientname=DN", word);
        }
        return value.equals("DN");
    }

    private void needHostssl(Token word) throws WrongEntry {
        if (type != ConnectionType.HOSTSSL) {
            throw WrongEntry.expected("hostssl at the beginning of a rule with this option", word);
        }
    }

    private Optional<String> map(String value, Token word) throws WrongEntry {
        if (method != Method.CERT) {
            throw WrongEntry.expected("map= behind the method cert only", word);
        }
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    Rule rule(Rule.Scope scope, Place place) {
        Rule.Certificate demand = method == Method.CERT ? Rule.Certificate.VERIFY_FULL : certificate;
        return new Rule(scope, method, demand, byDistinguishedName, map, place);
    }
}
