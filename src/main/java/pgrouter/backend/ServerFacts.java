package pgrouter.backend;

import pgrouter.config.Address;

/**
 * The facts about a server connection of a session that are shown.
 *
 * @param client the number of its client
 * @param processId of the server's process
 */
public record ServerFacts(long client, Address backend, boolean isWriter, int processId) {}
