/** Writing JSON (RFC 8259): one writer for all that pgrouter says to programs. */
package pgrouter.json;
