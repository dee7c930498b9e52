/**
 * The configuration file: characters to tokens ({@code Lexer}), tokens to a tree of directives ({@code Parser}), the tree to a
 * {@link pgrouter.config.Config} ({@code ConfigBuilder}). Every stage adds to one list of problems, so that all of them are reported
 * at once.
 *
 * <p>A directive is declared once ({@code Key}, in {@code Directives} or in the class of its block): its name, how it is read, its
 * default, how it is shown, and, by the half of the configuration that holds it, whether a change needs a restart. The reader, the
 * defaults, {@code SHOW CONFIG} and the reload are made from the declarations; a test checks the manual, the README and the sample
 * against them.
 *
 * <p>The values are immutable and may be shared by all threads. Nothing here opens a socket, looks a name up or reads a file
 * other than the configuration file itself and the passwords that are in files of their own.
 */
package pgrouter.config;
