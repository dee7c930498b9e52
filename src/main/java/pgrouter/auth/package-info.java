/**
 * Who may log in, and the two ways to prove it: SCRAM-SHA-256 and MD5. {@link pgrouter.auth.AuthDb} reads the authdb file, and
 * {@link pgrouter.auth.AuthDbUpdate} changes it;
 * {@link pgrouter.auth.ScramServer} and {@link pgrouter.auth.ScramClient} are the two ends of a SCRAM exchange, strings in and
 * strings out; {@link pgrouter.auth.Md5Password} is the older way.
 *
 * <p>Nothing here opens a socket, starts a thread or looks at a clock. No secret is in an exception's text or in a
 * {@code toString}.
 */
package pgrouter.auth;
