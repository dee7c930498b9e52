/** The status of pgrouter as text: connect and read. */
package pgrouter.monitor;
