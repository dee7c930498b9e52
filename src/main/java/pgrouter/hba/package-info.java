/**
 * Host-based authentication: files in the formats of pg_hba.conf and pg_ident.conf, with the meaning that hba.c gives
 * them. Text is parsed into lines ({@code Line}), words ({@code Scanner}) and entries ({@code EntryReader}, which
 * follows the includes). Entries are parsed into rules ({@code RuleParser}) and maps ({@code IdentMap}).
 * {@link pgrouter.hba.Hba#decide} is then a pure function of the known facts about a client. Every stage adds to one
 * list of problems, so that all of them are reported at once.
 */
package pgrouter.hba;
