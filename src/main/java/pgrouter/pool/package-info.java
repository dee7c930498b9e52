/**
 * Server connections: opening them for a session, waiting for a primary, and keeping those that a session has left for the next one of
 * the same login.
 */
package pgrouter.pool;
