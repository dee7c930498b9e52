package pgrouter.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pgrouter.exchange.PipeRelay.Outcome;
import pgrouter.protocol.BackendTag;
import pgrouter.protocol.ErrorResponse;
import pgrouter.protocol.FrontendTag;
import pgrouter.protocol.ProtocolException;
import pgrouter.protocol.SqlState;
import pgrouter.request.CachedPlan;
import pgrouter.request.Description;
import pgrouter.request.DescriptionReader;
import pgrouter.request.PipeStatements;
import pgrouter.request.Statement;
import pgrouter.routing.Refusal;
import pgrouter.routing.Traits;

/**
 * Where one pipe is with the present request: what is unanswered, what its reply has shown, and how the backend's turn ended.
 * Shared by the client thread and those that may read the pipe in its stead; every method needs the relay's lock.
 */
public final class Exchange {
    private final PipeStatements statements;
    private final Ledger ledger = new Ledger();
    private final LoginChange loginChange = new LoginChange();
    private final DescriptionReader description = new DescriptionReader();
    private final List<Statement> changed = new ArrayList<>();

    /** For whom the description is that comes now, and of which statement. */
    private Hearer describing = Hearer.NOBODY;

    private Statement described = Statement.UNKNOWN;
    private boolean standsIn;

    private Outcome outcome = Outcome.ANSWERED;
    private boolean begun;
    private boolean ready;
    private boolean judging;
    private boolean tellsLate;

    /** Whether what was sent last has given the backend the turn: else it works, and nobody waits for its answer to be whole. */
    private boolean asked;

    /** Another pipe gets what was sent under judgement: the client sees nothing of this reply. */
    private boolean turnedAway;

    private boolean own;
    private boolean preparationOnly;
    private int toSkip;
    private int passed;
    private int released;
    private boolean written;
    private boolean failed;
    private boolean committed;
    private boolean discarded;
    private boolean schemaChanged;
    private boolean codeChanged;
    private boolean mayWrite;
    private boolean mayReport;
    private boolean anyFailed;
    private boolean completed;
    private String refusedWith = "";
    private Optional<HeardAnswer> heard = Optional.empty();

    /** In which words the client hears of the error that a Parse of pgrouter's own is to have. */
    private ErrorResponse failure = CachedPlan.CHANGED;

    private boolean gone;
    private Refusal refusal = Refusal.NONE;
    private byte transactionStatus = 'I';
    private Optional<ErrorResponse> lastWords = Optional.empty();
    private boolean lastWordsPassed;

    /** Null where nothing was asked after the request. */
    private Verification verification;

    /** Functions are called of which it must be asked, and was not yet, whether they are the ones that were looked at. */
    private boolean unchecked;

    private enum Hearer {
        NOBODY,
        CLIENT,
        PGROUTER;

        static Hearer of(boolean isOwn, boolean isSeen) {
            if (isOwn) {
                return PGROUTER;
            }
            return isSeen ? CLIENT : NOBODY;
        }
    }

    Exchange(PipeStatements statements) {
        this.statements = statements;
    }

    Ledger ledger() {
        return ledger;
    }

    /** What it has changed of roles and databases. */
    LoginChange loginChange() {
        return loginChange;
    }

    /** @param writes whether what is sent may write although no command tag will say so */
    void begin(boolean judged, int alreadyReleased, boolean writes) {
        restart();
        tellsLate = false;
        mayWrite = writes;
        discarded = false;
        schemaChanged = false;
        codeChanged = false;
        anyFailed = false;
        completed = false;
        judging = judged;
        turnedAway = false;
        own = false;
        toSkip = alreadyReleased;
        passed = alreadyReleased;
        released = alreadyReleased;
        preparationOnly = true;
        written = false;
        committed = false;
        verification = null;
        unchecked = false;
    }

    /** The question whether the functions of the request are the ones that were looked at is sent after it. */
    void verify(String expected) {
        verification = new Verification(expected);
        unchecked = false;
        send(Ledger.OWN_CHECK);
    }

    /** Whether the end of the reply must not reach the client before that is answered. */
    boolean isVerifying() {
        return verification != null && verification.isPending();
    }

    /** Whether the functions of the request were other ones, or nobody can tell. */
    boolean hasOtherFunctions() {
        return verification != null && verification.differs();
    }

    /** Whether functions were called of which that was not asked: nothing of the reply is the client's before. */
    boolean isUnchecked() {
        return unchecked;
    }

    /**
     * A request begins whose reply is held back until it can no longer be a refusal.
     *
     * @param readOnly whether the client itself wants to do nothing that a standby would refuse: a refusal is then the answer
     * @param checked whether it counts only where {@link #verify} was asked after it
     */
    void beginJudged(int alreadyReleased, boolean readOnly, boolean checked) {
        begin(true, alreadyReleased, false);
        tellsLate = !readOnly;
        unchecked = checked;
    }

    /** Messages of pgrouter's own follow, of whose replies the client sees nothing; what the request's reply has shown remains. */
    void beginOwn() {
        restart();
        judging = false;
        turnedAway = false;
        own = true;
        heard.ifPresent(HeardAnswer::forget);
        heard = Optional.empty();
    }

    /** A question of pgrouter's own follows, of which the answer is kept. */
    void beginQuestion() {
        beginOwn();
        heard = Optional.of(new HeardAnswer(statements.memory()));
    }

    /** Whether the answer to a question of pgrouter's own comes. */
    boolean isListening() {
        return (own && heard.isPresent()) || (verification != null && ledger.isAnsweringCheck());
    }

    void hear(byte[] bytes, int offset, int length) {
        if (own) {
            heard.ifPresent(answer -> answer.hear(bytes, offset, length));
        } else {
            verification.hear(bytes, offset, length);
        }
    }

    /** The messages of the answer, which is forgotten. */
    byte[] heard() {
        byte[] answer = heard.map(HeardAnswer::bytes).orElse(new byte[0]);
        heard.ifPresent(HeardAnswer::forget);
        return answer;
    }

    /** Whether there was no room for the answer. */
    boolean hasHeardTooMuch() {
        return heard.filter(HeardAnswer::isTooMuch).isPresent();
    }

    /** A Parse of pgrouter's own follows that is to fail, of which the client hears in these words. */
    void fails(ErrorResponse words) {
        failure = words;
        send(Ledger.OWN_FAILURE);
    }

    /** Whether an error came for what was sent last. */
    boolean hasFailed() {
        return failed;
    }

    /** Whether an error came at any time of the present request. */
    boolean hasAnyFailed() {
        return anyFailed;
    }

    /** Whether a command of the present request has run to its end. */
    boolean hasCompleted() {
        return completed;
    }

    /** Whether what comes now answers a message of pgrouter's own. */
    boolean isAnsweringOwn() {
        return own || ledger.isAnsweringOwn();
    }

    /** The SQLSTATE of the refusal. */
    String refusedWith() {
        return refusedWith;
    }

    private void restart() {
        outcome = gone ? Outcome.LOST : Outcome.PENDING;
        begun = false;
        ready = false;
        failed = false;
        refusal = Refusal.NONE;
        changed.clear();
    }

    void send(byte mark) {
        sending();
        if (mark == Ledger.OWN_QUERY) {
            statements.unnamedDroppedHere();
        }
        ledger.sent(mark);
        asked = !ledger.isClientsTurn();
    }

    void send(byte mark, Statement statement) {
        sending();
        ledger.sent(mark, statement);
        asked = !ledger.isClientsTurn();
    }

    private void sending() {
        begun = true;
        if (outcome == Outcome.CLIENTS_TURN) {
            outcome = Outcome.PENDING;
        }
    }

    /**
     * A message of a reply has come.
     *
     * @return whether the client is to see it
     */
    boolean answered(byte tag) throws ProtocolException {
        byte mark = ledger.answered(tag);
        boolean isOwn = Ledger.isOwn(mark);
        boolean isSeen = !isOwn && isNew(tag);
        switch (tag) {
            case BackendTag.PARSE_COMPLETE -> parsed(mark);
            case BackendTag.CLOSE_COMPLETE -> closed(mark);
            case BackendTag.COMMAND_COMPLETE -> completed |= !own && !isOwn;
            case BackendTag.PARAMETER_DESCRIPTION -> describes(tag, Hearer.of(isOwn, isSeen));
            case BackendTag.ROW_DESCRIPTION, BackendTag.NO_DATA -> {
                if (Ledger.isDescribe(mark)) {
                    described = ledger.statement();
                    describes(tag, Hearer.of(isOwn, isSeen));
                }
            }
            default -> {}
        }
        return isSeen;
    }

    private void describes(byte tag, Hearer hearer) {
        describing = hearer;
        description.begin(tag);
    }

    /** Whether the message that comes now describes a statement or portal. */
    boolean isDescribing() {
        return describing != Hearer.NOBODY;
    }

    /** @param last whether the message ends with this piece */
    void describe(byte[] bytes, int offset, int length, boolean last) {
        description.read(bytes, offset, length);
        if (last) {
            if (description.isOfResult()) {
                described(description.end());
            }
            describing = Hearer.NOBODY;
        }
    }

    private void described(Description now) {
        if (described == Statement.UNKNOWN) {
            return;
        }
        if (describing == Hearer.CLIENT) {
            statements.described(described, now);
        } else if (!described.told().isTold()) {
            described.told(now);
        } else if (!described.told().agreesWith(now)) {
            changed.add(described);
            statements.unfit(described);
        }
    }

    /** The statements that are not what the client was told, of those that were described for pgrouter since the last call. */
    List<Statement> takeChanged() {
        if (changed.isEmpty()) {
            return List.of();
        }
        List<Statement> taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }

    /** Whether the reply begins with what the client has from another pipe. */
    boolean isRepeating() {
        return toSkip > 0;
    }

    /** Whether what a description tells pgrouter is awaited. */
    boolean isComparing() {
        return ledger.awaitsOwnDescription();
    }

    /** From now on a statement may be there that stands in for one that has changed. */
    void standsIn() {
        standsIn = true;
    }

    /** In which other words the client hears of an error that pgrouter itself has made the server have; empty where it has not. */
    Optional<ErrorResponse> ownWords(ErrorResponse error) {
        if (ledger.isFailing()) {
            return Optional.of(failure);
        }
        return standsIn && CachedPlan.isOfStandIn(error) ? Optional.of(CachedPlan.CHANGED) : Optional.empty();
    }

    private void parsed(byte mark) {
        if (mark == Ledger.OWN_PARSE) {
            statements.caughtUp(ledger.statement());
        } else {
            statements.parsed(ledger.statement());
        }
    }

    private void closed(byte mark) {
        if (mark == Ledger.OWN_CLOSE) {
            statements.dropped(ledger.statement());
        } else if (mark == FrontendTag.CLOSE) {
            statements.closed(ledger.statement());
        }
    }

    /** Counts what the client sees; what it has from another pipe already it does not see twice. */
    private boolean isNew(byte tag) {
        if (toSkip > 0) {
            toSkip--;
            return false;
        }
        passed++;
        preparationOnly &= isPreparation(tag);
        return true;
    }

    private static boolean isPreparation(byte tag) {
        return switch (tag) {
            case BackendTag.PARSE_COMPLETE,
                    BackendTag.BIND_COMPLETE,
                    BackendTag.CLOSE_COMPLETE,
                    BackendTag.PARAMETER_DESCRIPTION,
                    BackendTag.ROW_DESCRIPTION,
                    BackendTag.NO_DATA -> true;
            default -> false;
        };
    }

    /**
     * An error that leaves the connection open has come.
     *
     * @return whether the client is to see it, should the reply be released
     */
    boolean failed(ErrorResponse error) {
        if (ledger.isParsingUnnamed()) {
            statements.unnamedDropped();
        }
        description.forget();
        Optional<ErrorResponse> ownWords = ownWords(error);
        byte mark = ledger.failed();
        if (mark == Ledger.OWN_CHECK) {
            verification.failed();
            return false;
        }
        toSkip = 0;
        preparationOnly = false;
        anyFailed |= !own;
        boolean hidden = mark == Ledger.OWN_QUERY || mark == Ledger.OWN_FAILURE;
        if (!failed) {
            failed = true;
            boolean preparing = mark != 0 && Ledger.isOwn(mark);
            refusal = preparing || ownWords.isPresent() ? Refusal.SECOND_OPINION : refusal(error);
            refusedWith = ownWords.orElse(error).sqlState();
        }
        return !own && !hidden;
    }

    /** An error of functions that are not checked yet is the writer's to say, but for the end that a cancel request or a timeout has put. */
    private Refusal refusal(ErrorResponse error) {
        Refusal known = Refusal.of(error.sqlState(), error.routine());
        boolean cancelled = error.sqlState().equals(SqlState.QUERY_CANCELED);
        return known == Refusal.NONE && unchecked && !cancelled ? Refusal.SECOND_OPINION : known;
    }

    /** Whether the first error is a refusal although the client has a part of the answer. */
    boolean isRefusedLate() {
        return tellsLate && !judging && !own && refusal == Refusal.REDIRECT;
    }

    /** @return whether the client is to see the ReadyForQuery */
    boolean ready(byte status) throws ProtocolException {
        byte mark = ledger.answered(BackendTag.READY_FOR_QUERY);
        boolean isOwn = Ledger.isOwn(mark);
        if (mark == FrontendTag.QUERY) {
            statements.unnamedDropped();
        }
        ready |= own || !isOwn || (turnedAway && ledger.isSettled());
        transactionStatus = status;
        if (status == 'I') {
            loginChange.ended();
            mayReport = false;
        }
        if (mark == Ledger.OWN_CHECK) {
            verified();
        }
        return !isOwn;
    }

    private void verified() {
        verification.answered();
        if (verification.differs()) {
            anyFailed = true;
            refusedWith = refusal == Refusal.NONE ? SqlState.SERIALIZATION_FAILURE : refusedWith;
            refusal = refusal == Refusal.NONE ? Refusal.SECOND_OPINION : refusal;
        }
    }

    void wrote() {
        written = true;
    }

    /** Whether the reply is held back for now. */
    boolean isJudging() {
        return judging;
    }

    void letGo() {
        judging = false;
    }

    /**
     * Another pipe gets what was sent.
     *
     * @return false where it is too late: the reply is the client's already, or settled
     */
    boolean turnAway() {
        turnedAway = judging && isOpen();
        return turnedAway;
    }

    boolean isTurnedAway() {
        return turnedAway;
    }

    /** How the backend's turn has ended, if it has. For who has dealt with all that came. */
    Outcome verdict() {
        if (!begun || !isOpen()) {
            return Outcome.PENDING;
        }
        if (isVerifying()) {
            return Outcome.PENDING;
        }
        boolean failedForGood = ready || (ledger.isSkipping() && ledger.isClientsTurn());
        if (judging && (turnedAway || refusal != Refusal.NONE) && failedForGood) {
            return Outcome.REFUSED;
        }
        if (ready && ledger.isSettled()) {
            return Outcome.ANSWERED;
        }
        return ledger.isClientsTurn() && !isHeldInPause() ? Outcome.CLIENTS_TURN : Outcome.PENDING;
    }

    /** Without Sync or Flush a backend says what fills its buffer: that may be followed by a refusal. Only an error ends this. */
    private boolean isHeldInPause() {
        return judging && !asked && !ledger.isSkipping() && !ledger.isCopying();
    }

    /**
     * All that was passed is with the client now, unless it was dropped. A reply of which more than the answers to Parse, Bind,
     * Describe and Close is there is not judged any more.
     */
    void released(Outcome verdict) {
        if (verdict == Outcome.REFUSED) {
            statements.revert();
        } else {
            statements.confirm();
            released = passed;
            judging &= preparationOnly;
        }
    }

    /** Between the verdict and this lies the release: a client that has sent on meanwhile has given the turn back. */
    void conclude(Outcome verdict) {
        boolean holds = switch (verdict) {
            case CLIENTS_TURN -> ledger.isClientsTurn();
            case ANSWERED -> ledger.isSettled();
            case REFUSED, LOST, TURNED_AWAY -> true;
            case PENDING, DESERTED -> false;
        };
        if (holds) {
            outcome = verdict;
        }
    }

    /** The pipe has ended, with this error where the client has not seen it. What was answered before stays answered. */
    void lost(Optional<ErrorResponse> unseen) {
        gone = true;
        lastWords = unseen;
        loginChange.ended();
        if (isOpen()) {
            outcome = Outcome.LOST;
        }
    }

    /** The client is gone, and with it the pipe: nobody wants to know what becomes of the request. */
    void deserted() {
        gone = true;
        if (isOpen()) {
            outcome = Outcome.DESERTED;
        }
    }

    /** The connection ends with an error that is the client's. */
    void passesLastWords() {
        letGo();
        lastWordsPassed = true;
    }

    /** Whether nothing will come any more, and it is known what that means for the session. */
    boolean isGone() {
        return gone;
    }

    /** What the client has not seen of the end of the pipe. */
    Optional<ErrorResponse> lastWords() {
        return lastWords;
    }

    /** Whether the client has the backend's own words on the end of the pipe. */
    boolean areLastWordsPassed() {
        return lastWordsPassed;
    }

    /** Whether the client is not to see how what is sent from now on is answered: it was turned away, refused, lost or deserted. */
    boolean isGivenUp() {
        return turnedAway || outcome == Outcome.REFUSED || outcome == Outcome.LOST || outcome == Outcome.DESERTED;
    }

    /** Whether a request is under way: begun, and not answered, refused or lost. */
    boolean isOpen() {
        return outcome == Outcome.PENDING || outcome == Outcome.CLIENTS_TURN;
    }

    /** Whether what comes now is part of a reply that the client awaits. */
    boolean isForClient() {
        return isOpen() && !own;
    }

    Outcome outcome() {
        return outcome;
    }

    int releasedMessages() {
        return released;
    }

    boolean hasWritten() {
        return written;
    }

    /** A transaction was ended and kept. */
    void committed() {
        committed = true;
        loginChange.committed();
    }

    /** DISCARD ALL has succeeded. */
    void discarded() {
        discarded = true;
    }

    /** @param code whether it may have changed what functions and views do */
    void schemaChanged(boolean code) {
        schemaChanged = true;
        codeChanged |= code;
    }

    boolean hasChangedCode() {
        return codeChanged;
    }

    boolean hasChangedSchema() {
        return schemaChanged;
    }

    /** DEALLOCATE ALL has succeeded. */
    void deallocated() {
        statements.deallocatedAll();
    }

    boolean hasDiscarded() {
        return discarded;
    }

    /** The rest of the request may write, although no command tag will say so. */
    void mayWriteToo() {
        mayWrite = true;
    }

    /** Whether what was sent may write although no command tag will say so. */
    boolean mayWrite() {
        return mayWrite;
    }

    /** What the client sends, and so its transaction, may change a parameter that the server reports. */
    void sends(long traits) {
        mayReport |= Traits.has(traits, Traits.MAY_REPORT);
    }

    /** Whether a parameter that the server reports may be one that the client has set, or the end of that. */
    boolean mayReport() {
        return mayReport;
    }

    /** What was refused. */
    Refusal refusal() {
        return refusal;
    }

    boolean hasCommitted() {
        return committed;
    }

    byte transactionStatus() {
        return transactionStatus;
    }
}
