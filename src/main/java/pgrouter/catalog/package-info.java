/**
 * What the functions and views of a database may do that a standby would not refuse: read from the primary's catalogs when the
 * first session of a database comes, and again when its schema may have changed, off the path of any request.
 */
package pgrouter.catalog;
