package pgrouter.client;

import pgrouter.auth.Users;
import pgrouter.hba.Hba;

/** The rules by which clients may come in, and their passwords. Any thread. */
public record Access(Users users, Hba hba) {}
