package pgrouter.pool;

import java.util.Map;
import pgrouter.net.Carrier;

/**
 * Identifies the sessions that may use the same server connection, one after the other: those with the same startup
 * message and secret, on the same carrier. Immutable.
 *
 * @param parameters of the startup message
 * @param fingerprint of the secret that has opened the connection; the secret itself is not kept
 */
public record PoolKey(Map<String, String> parameters, String fingerprint, Carrier carrier) {}
