package pgrouter.session;

import pgrouter.client.ClientConnection;

/**
 * The parts of one session, whatever its kind is.
 *
 * @param services shared by all sessions
 * @param phase whether anything is under way
 * @param held the resources that others can have as soon as the session is over, even where its client takes a long
 * time to read the reason
 */
record SessionParts(
        Services services,
        ClientConnection connection,
        SessionPhase phase,
        ClientThread thread,
        Termination termination,
        Closer held) {}
