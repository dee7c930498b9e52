/**
 * TLS towards clients and backends: PEM files, cipher lists and contexts, and {@link pgrouter.tls.TlsWire}, a wire
 * within another one. The package opens no connection of its own.
 */
package pgrouter.tls;
