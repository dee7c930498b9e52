/** The console: statements of administrators, answered in PostgreSQL's protocol as a database would. */
package pgrouter.console;
