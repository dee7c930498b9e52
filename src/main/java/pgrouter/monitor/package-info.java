/** The status of pgrouter as text, for a client that connects and reads. */
package pgrouter.monitor;
