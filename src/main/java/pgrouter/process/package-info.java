/** The process on its host: signals, privileges, pidfile, and its restart as another process. */
package pgrouter.process;
