/** The console: statements of those who look after pgrouter, answered in PostgreSQL's protocol as a database would. */
package pgrouter.console;
