/**
 * The configuration file: characters to tokens ({@code Lexer}), tokens to a tree of directives ({@code Parser}), the tree to a
 * {@link pgrouter.config.Config} ({@code ConfigBuilder}). Every stage adds to one list of problems, so that all of them are reported
 * at once.
 *
 * <p>The values are immutable and may be shared by all threads. Nothing here opens a socket, looks a name up or reads a file
 * other than the configuration file itself and the passwords that it says are elsewhere.
 */
package pgrouter.config;
