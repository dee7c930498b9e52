package pgrouter.client;

import pgrouter.auth.Users;
import pgrouter.hba.Hba;

/** Who may come in: by which rules, and by which passwords. Any thread. */
public record Access(Users users, Hba hba) {}
