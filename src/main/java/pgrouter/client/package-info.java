/**
 * From accept to an authenticated client: connections that have not logged in, negotiation, TLS, access rules,
 * passwords and how often they may be wrong, limits, and the client's end of a session. Knows neither servers nor
 * requests.
 */
package pgrouter.client;
