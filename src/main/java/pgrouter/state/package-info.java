/** The state of a session on its server, as the server reports it, and the part of it that no other server can be given. */
package pgrouter.state;
