package pgrouter.backend;

import pgrouter.config.Address;

/**
 * What can be told of a pipe of a session.
 *
 * @param client the number of its client
 * @param processId of the server's process
 */
public record ServerFacts(long client, Address backend, boolean isWriter, int processId) {}
