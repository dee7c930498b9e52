/**
 * Who may come in from where: files in the formats of pg_hba.conf and pg_ident.conf, with the meaning that hba.c gives them. Text to
 * lines ({@code Line}), words ({@code Scanner}) and entries ({@code EntryReader}, which follows the includes); entries to rules
 * ({@code RuleParser}) and maps ({@code IdentMap}); and then {@link pgrouter.hba.Hba#decide}, a pure function of what is known of a
 * client. Every stage adds to one list of problems, so that all of them are reported at once.
 */
package pgrouter.hba;
