/**
 * The functions and views of a database that may do what a standby would not refuse. They are read from the primary's
 * catalogs when the first session of a database comes, and again when its schema may have changed, never on the path of
 * a request.
 */
package pgrouter.catalog;
