/** What clients did to a database and what they were told, and the search for what no database may tell. */
package pgrouter.testing.history;
