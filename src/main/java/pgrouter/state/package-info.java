/** What a session has on its server, as the server tells it, and what of it cannot be given to another one. */
package pgrouter.state;
