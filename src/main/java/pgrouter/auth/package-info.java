/**
 * The users that may log in, and the two methods of authentication: SCRAM-SHA-256 and MD5.
 * {@link pgrouter.auth.AuthDb} reads the authdb file, and {@link pgrouter.auth.AuthDbUpdate} changes it;
 * {@link pgrouter.auth.ScramServer} and {@link pgrouter.auth.ScramClient} are the two ends of a SCRAM exchange,
 * strings in and strings out; {@link pgrouter.auth.Md5Password} is the older way.
 *
 * <p>No class here opens a socket, starts a thread or reads a clock. Neither the text of an exception nor a
 * {@code toString} contains a secret.
 */
package pgrouter.auth;
