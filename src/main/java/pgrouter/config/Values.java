package pgrouter.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pgrouter.config.Token.Kind;
import pgrouter.config.Value.Unexpected;

/** The values that are texts or keywords. */
final class Values {
    static final Value<String> NAME = text("a name");
    static final Value<String> QUERY = text("a query");
    static final Value<String> PASSPHRASE = text("a passphrase");
    static final Value<String> PASSWORD = Value.of("a password", token -> withoutNul(token, "a password"));

    /** A relative name starts at the directory of the configuration file. */
    static final Value<Path> FILE = new Value<>("a file name", Values::path, Path::toString);

    static final Value<Ciphers> CIPHERS = new Value<>(
            "a list of ciphers",
            (token, source) -> Ciphers.at(text(token, "a list of ciphers"), source, token),
            Ciphers::list);

    static final Value<LogLevel> LOG_LEVEL =
            keyword("ERROR, WARNING, INFO or DEBUG", LogLevel.values(), LogLevel::name);
    static final Value<Logging.Format> LOG_FORMAT = keyword("text or json", Logging.Format.values());
    static final Value<Logging.Target> LOG_TARGET =
            new Value<>("stderr, syslog or a file name", Values::logTarget, Logging.Target::toString);
    static final Value<BackendTls.Mode> BACKEND_TLS =
            keyword("on, off, skipverify, require or direct", BackendTls.Mode.values());
    static final Value<BackendAuth> BACKEND_AUTH = Value.of("scram-sha-256, md5, password or any", Values::backendAuth);
    static final Value<Set<TlsProtocol>> PROTOCOLS =
            Value.of("TLSv1.2, TLSv1.3 or both, with a comma between them", Values::protocols, Values::protocolNames);
    static final Value<Boolean> ON_OR_OFF = Value.of("on or off", Values::onOrOff, on -> on ? "on" : "off");
    static final Value<Consistency> CONSISTENCY = keyword("eventual, session, cluster or strict", Consistency.values());
    static final Value<Transactions> TRANSACTIONS = keyword("primary or optimistic", Transactions.values());
    static final Value<FunctionRule> FUNCTION_RULE = keyword("ask, careful or volatile", FunctionRule.values());

    private Values() {}

    static boolean isKeyword(Token token, String keyword) {
        return token.is(Kind.WORD) && token.text().equalsIgnoreCase(keyword);
    }

    private static Value<String> text(String what) {
        return Value.of(what, token -> text(token, what));
    }

    private static String text(Token token, String what) throws Unexpected {
        if (token.text().isEmpty()) {
            throw new Unexpected(what);
        }
        return withoutNul(token, what);
    }

    /** A NUL ends a string in a startup packet, and what follows it would be read as another parameter. */
    private static String withoutNul(Token token, String what) throws Unexpected {
        if (token.text().indexOf('\0') >= 0) {
            throw new Unexpected(what + " without a NUL character");
        }
        return token.text();
    }

    private static Path path(Token token, Source source) throws Unexpected {
        String name = text(token, "a file name");
        try {
            return source.directory().resolve(name);
        } catch (InvalidPathException e) {
            throw new Unexpected("a file name that this system allows");
        }
    }

    private static Logging.Target logTarget(Token token, Source source) throws Unexpected {
        if (isKeyword(token, "stderr")) {
            return new Logging.Target.Stderr();
        }
        return isKeyword(token, "syslog") ? new Logging.Target.Syslog() : new Logging.Target.File(path(token, source));
    }

    private static <E extends Enum<E>> Value<E> keyword(String what, E[] choices) {
        return keyword(what, choices, choice -> choice.name().toLowerCase(Locale.ROOT));
    }

    private static <E extends Enum<E>> Value<E> keyword(String what, E[] choices, Function<E, String> writer) {
        return Value.of(
                what,
                token -> Stream.of(choices)
                        .filter(choice -> isKeyword(token, choice.name()))
                        .findFirst()
                        .orElseThrow(() -> new Unexpected(what)),
                writer);
    }

    private static BackendAuth backendAuth(Token token) throws Unexpected {
        return Stream.of(BackendAuth.values())
                .filter(auth -> auth != BackendAuth.DEFAULT && isKeyword(token, auth.toString()))
                .findFirst()
                .orElseThrow(() -> new Unexpected(BACKEND_AUTH.what()));
    }

    /** Accepts the separators of a list of ciphers, which stands next to it. */
    private static Set<TlsProtocol> protocols(Token token) throws Unexpected {
        Set<TlsProtocol> found = EnumSet.noneOf(TlsProtocol.class);
        for (String name : token.text().split("[ ,:]+", -1)) {
            found.add(Stream.of(TlsProtocol.values())
                    .filter(protocol -> protocol.protocolName().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new Unexpected(PROTOCOLS.what())));
        }
        return found;
    }

    private static String protocolNames(Set<TlsProtocol> protocols) {
        return protocols.stream().map(TlsProtocol::protocolName).sorted().collect(Collectors.joining(","));
    }

    private static boolean onOrOff(Token token) throws Unexpected {
        if (isKeyword(token, "on") || isKeyword(token, "off")) {
            return isKeyword(token, "on");
        }
        throw new Unexpected(ON_OR_OFF.what());
    }
}
