package pgrouter.routing;

import java.util.LinkedHashSet;
import java.util.Set;
import pgrouter.routing.Tokens.Kind;

/**
 * The effects of the source of a function or DO block that a standby would not refuse, or that stay with the session.
 * Strings in it are read as if they were SQL too, since they may be executed. Too much is noted rather than too little:
 * a parameter that was not changed after all only costs a needless query.
 *
 * @param traits bits of {@link Traits}
 * @param state its possible effects on the session
 * @param settings names in lower case that may be those of parameters which it sets
 * @param names the hashes of all words, to look for other functions among them
 * @param calls words before a parenthesis, in lower case
 */
public record FunctionBody(
        long traits, StateTraits state, Set<String> settings, Set<Integer> names, Set<String> calls) {
    private static final int MOST_SETTINGS = 32;

    /** The effects of a text that is made as the function runs. */
    private static final StateTraits OF_EXECUTE =
            StateTraits.ADVISORY.with(StateTraits.TEMPORARY).with(StateTraits.LEAVES);

    public FunctionBody {
        settings = Set.copyOf(settings);
        names = Set.copyOf(names);
        calls = Set.copyOf(calls);
    }

    /** @param source in any encoding that has ASCII */
    public static FunctionBody read(byte[] source, int start, int end) {
        return new Reader(withoutQuotes(source, start, end), source, start).read();
    }

    private static byte[] withoutQuotes(byte[] source, int start, int end) {
        byte[] text = new byte[end - start];
        for (int i = 0; i < text.length; i++) {
            byte letter = source[start + i];
            text[i] = letter == '\'' || letter == '$' || letter == '"' ? (byte) ' ' : letter;
        }
        return text;
    }

    private static final class Reader {
        private final Tokens tokens = new Tokens();
        private final Set<String> settings = new LinkedHashSet<>();
        private final Set<Integer> names = new LinkedHashSet<>();
        private final Set<String> calls = new LinkedHashSet<>();
        private long traits;
        private StateTraits state = StateTraits.NONE;

        /** The source with its quotes. */
        private final byte[] source;

        private final int start;

        Reader(byte[] text, byte[] source, int start) {
            this.source = source;
            this.start = start;
            tokens.reset(text, 0, text.length, false);
        }

        FunctionBody read() {
            Word previous = Word.OTHER;
            boolean opens = true;
            for (Kind kind = tokens.next(); kind != Kind.END; kind = tokens.next()) {
                if (kind == Kind.WORD) {
                    Word word = tokens.word(kind);
                    boolean opensNext = opensStatement(word);
                    names.add(tokens.hash());
                    if (tokens.beforeParenthesis()) {
                        calls.add(tokens.name(kind));
                    }
                    traits |= meaning(word, previous);
                    changes(effect(word, previous, opens));
                    if (word == Word.SET && opens) {
                        set();
                    } else if (word == Word.SET_CONFIG && tokens.isBefore('(')) {
                        tokens.next();
                        config(tokens.next());
                    }
                    opens = opensNext;
                    previous = word;
                } else {
                    opens = kind == Kind.SYMBOL && ";(|".indexOf(tokens.symbol()) >= 0;
                }
            }
            if (settings.size() > MOST_SETTINGS) {
                changes(StateTraits.UNKNOWN);
                settings.clear();
            }
            traits |= names.contains(CommitSetting.HASH) ? Traits.ASYNCHRONOUS : Traits.NONE;
            return new FunctionBody(traits, state, settings, names, calls);
        }

        /** Whether a statement may follow this word in PL/pgSQL. The SET of an UPDATE follows the name of its table. */
        private boolean opensStatement(Word word) {
            if (word == Word.BEGIN || word == Word.EXECUTE) {
                return true;
            }
            String name = tokens.name(Kind.WORD);
            return name.equals("then") || name.equals("else") || name.equals("loop");
        }

        private long meaning(Word word, Word previous) {
            return switch (word) {
                case SILENT, NODE_SETTING, COPY -> Traits.WRITER;
                case PREPARED_STATEMENTS -> Traits.WRITER | Traits.LISTS_STATEMENTS;
                case EXPORT_SNAPSHOT -> Traits.WRITER | Traits.EXPORTS_SNAPSHOT;
                case CURRENT_SETTING -> readsOwnNode() ? Traits.WRITER : Traits.NONE;
                case WHEN -> previous == Word.EXCEPTION ? Traits.WRITER | Traits.MAY_WRITE : Traits.NONE;
                case EXECUTE -> Traits.MAY_WRITE;
                default -> Traits.NONE;
            };
        }

        /** The effect of a word on the session. */
        private static StateTraits effect(Word word, Word previous, boolean opens) {
            return switch (word) {
                case SET_CONFIG -> StateTraits.SETTINGS;
                case SET_SEED -> StateTraits.SEEDS;
                case ADVISORY_LOCK -> StateTraits.ADVISORY;
                case STATEFUL -> StateTraits.UNKNOWN;
                case EXECUTE -> OF_EXECUTE;
                case TEMPORARY_SCHEMA -> StateTraits.TEMPORARY;
                case TEMPORARY -> only(StateTraits.TEMPORARY, makesTable(previous));
                case HOLD -> only(StateTraits.HOLDS, previous == Word.WITH);
                case SET -> only(StateTraits.SETTINGS, opens);
                case LOAD -> only(StateTraits.LOADS, opens);
                case LISTENS -> only(StateTraits.LISTENS, opens);
                default -> StateTraits.NONE;
            };
        }

        private static StateTraits only(StateTraits state, boolean there) {
            return there ? state : StateTraits.NONE;
        }

        private static boolean makesTable(Word previous) {
            return previous == Word.CREATE || previous == Word.INTO || previous == Word.LOCAL;
        }

        /** Notes an effect on the session, which a standby would not refuse. */
        private void changes(StateTraits more) {
            state = state.with(more);
            traits |= more.isNone() ? Traits.NONE : Traits.WRITER;
        }

        /** Whether it is any parameter but one with a dot in its name, which only the session has. */
        private boolean readsOwnNode() {
            if (!tokens.isBefore('(')) {
                return true;
            }
            tokens.next();
            return tokens.next() != Kind.WORD || !tokens.isBefore('.');
        }

        /** Reads the parameter after SET. */
        private void set() {
            Kind kind = tokens.next();
            Word word = kind == Kind.WORD ? tokens.word(kind) : Word.OTHER;
            if (word == Word.SESSION) {
                kind = tokens.next();
            } else if (word == Word.LOCAL) {
                Kind name = tokens.next();
                sets(name == Kind.WORD && !CommitSetting.is(tokens.name(name)));
                changes(only(StateTraits.LEAVES, tokens.isBefore('.')));
                return;
            }
            setting(kind);
        }

        /** Reads the parameter in a call of set_config. With the quotes gone, a variable looks like one. */
        private void config(Kind kind) {
            boolean isLiteral = isLiteral();
            String name = setting(kind);
            sets(isLiteral && tokens.isBefore(','));
            boolean known = tokens.isBefore(',') && (name.indexOf('.') > 0 || PlainSettings.contains(name));
            changes(only(StateTraits.LEAVES, !known));
        }

        /** @param another whether it is known to set another parameter than {@code synchronous_commit} */
        private void sets(boolean another) {
            traits |= another ? Traits.NONE : Traits.ASYNCHRONOUS;
        }

        /** Whether the token just read stands between quotes in the source. Else it may be any parameter's name. */
        private boolean isLiteral() {
            int at = start + tokens.start();
            return at > start && source[at - 1] == '\'';
        }

        private String setting(Kind first) {
            if (first != Kind.WORD) {
                sets(false);
                changes(StateTraits.UNKNOWN);
                return "";
            }
            StringBuilder name = new StringBuilder(known(tokens.word(first)));
            while (tokens.isBefore('.')) {
                tokens.next();
                if (tokens.next() == Kind.WORD) {
                    name.append('.').append(tokens.name(Kind.WORD));
                }
            }
            settings.add(name.toString());
            sets(!CommitSetting.is(name.toString()));
            return name.toString();
        }

        private String known(Word word) {
            return switch (word) {
                case TIME -> "timezone";
                case NAMES -> "client_encoding";
                case SCHEMA -> "search_path";
                case AUTHORIZATION -> "session_authorization";
                case CHARACTERISTICS -> "default_transaction_read_only";
                default -> tokens.name(Kind.WORD);
            };
        }
    }
}
