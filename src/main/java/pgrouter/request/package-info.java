/**
 * The client's messages, and what they show: their headers, the traits of their texts, the statements that they
 * prepare, and what the client was told of these. The package knows no server connection.
 */
package pgrouter.request;
