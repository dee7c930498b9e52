package pgrouter.session;

/** The session of a client, by the kind of service that its startup packet asks for. Its work begins on the client thread. */
sealed interface SessionKind extends ClientThread.Work
        permits RoutedSession, ConsoleSession, ReplicationSession, CancelSession {}
