/** Writes JSON (RFC 8259): one writer for all output of pgrouter to programs. */
package pgrouter.json;
