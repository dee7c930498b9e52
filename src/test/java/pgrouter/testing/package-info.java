/**
 * Both ends of pgrouter, played by a test: {@link pgrouter.testing.FakeClient}, {@link pgrouter.testing.FakePostgres} and a
 * session between them ({@link pgrouter.testing.Stage}). Every wait has a deadline; nothing sleeps.
 */
package pgrouter.testing;
