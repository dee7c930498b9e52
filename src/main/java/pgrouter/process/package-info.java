/** The process among others of its host: signals, privileges, pidfile, and how it starts itself again. */
package pgrouter.process;
