package pgrouter.session;

import pgrouter.auth.AuthDb;
import pgrouter.hba.Hba;

/** Who may come in: by which rules, and by which passwords. Any thread. */
public record Access(AuthDb authDb, Hba hba) {}
