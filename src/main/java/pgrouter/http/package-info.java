/** The status over HTTP: metrics for Prometheus, a page for people, JSON for that page, and what probes of containers ask. */
package pgrouter.http;
