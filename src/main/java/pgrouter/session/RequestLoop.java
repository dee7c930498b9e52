package pgrouter.session;

import java.io.IOException;
import pgrouter.client.SessionException;
import pgrouter.client.StartupSettings;
import pgrouter.net.Inbox;
import pgrouter.request.Request;
import pgrouter.request.TextAnalyzer;

/** Serves one client after its login: waits for a request, reads it, and has it executed. Client thread only. */
final class RequestLoop {
    private final Services services;
    private final SessionPhase phase;
    private final ClientRequests requests;
    private final Request request;
    private final StateTracker state;
    private final RequestExecution execution;

    RequestLoop(
            Services services,
            Servers servers,
            Inbox inbox,
            StartupSettings startup,
            DatabaseKnowledge known,
            SessionPhase phase) {
        TextAnalyzer texts = new TextAnalyzer(
                servers.statements(), servers.reported(), services.rules().route());
        this.services = services;
        this.phase = phase;
        this.requests = ClientRequests.of(services, servers, inbox, texts);
        this.request = requests.request();
        this.state = new StateTracker(servers, texts, known.catalog(), services.rules());
        this.execution = new RequestExecution(services, servers, requests, state, known);
        startup.own().forEach(state::startedWith);
        servers.watch(request::length);
    }

    /** Notes that the client has logged in, and is idle. */
    void begin() {
        phase.begin(keepsTime());
    }

    private boolean keepsTime() {
        return !services.rules().limits().idle().isZero();
    }

    /**
     * Serves until the client leaves, or until its thread is dismissed while it is idle: then another thread may go
     * on.
     *
     * @return whether the client has left
     */
    boolean serve() throws IOException, SessionException, InterruptedException {
        state.refreshSuspects();
        while (rests()) {
            if (!requests.reader().next(request) || !phase.end()) {
                return true;
            }
            if (state.refreshSuspects() && !request.isTooLarge()) {
                requests.messages().again(request);
            }
            requests.times().begins();
            if (!execution.execute() || request.isBrokenOff()) {
                return true;
            }
            requests.times()
                    .ends(
                            request,
                            execution.lastRoute(),
                            execution.isByReader(),
                            services.rules().slow());
            requests.inbox().consume(request.length());
        }
        request.reset();
        return false;
    }

    /** Whether the effects of a client that has left can be undone on its servers, so that another session can go on there. */
    boolean leavesNothingBehind() {
        return !execution.isInTransaction() && request.isEmpty() && state.isUndoable();
    }

    /**
     * Waits for the next request, where nothing is under way. Another thread may end the session meanwhile.
     *
     * @return false where the thread was dismissed
     */
    private boolean rests() throws IOException, SessionException {
        if (execution.isInTransaction()) {
            phase.pause();
            return true;
        }
        phase.begin(keepsTime());
        if (services.sessions().isEnding() && phase.take()) {
            throw Termination.ending();
        }
        return requests.inbox().rest();
    }
}
