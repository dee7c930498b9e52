/** Connections to one PostgreSQL node: dial, start up, authenticate, and then a {@link pgrouter.backend.ServerConnection}. */
package pgrouter.backend;
