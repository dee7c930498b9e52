package pgrouter.exchange;

import pgrouter.client.ClientEnd;
import pgrouter.client.ClientWatch;
import pgrouter.request.Reported;

/**
 * The parts of one session that its server connections share.
 *
 * @param number of the session: its client's
 * @param watch watches the client while its thread waits
 * @param reported the parameters that the client was told
 * @param end whether the session ends with one of its servers' processes
 */
public record SessionContext(long number, ClientEnd client, ClientWatch watch, Reported reported, SessionEnd end) {}
