/** What a standby and its primary do with some hundred statements, and the comparison of both with pgrouter in front. */
package pgrouter.truth;
