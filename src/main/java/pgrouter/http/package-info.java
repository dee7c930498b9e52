/** The status over HTTP: metrics for Prometheus, a page for people, JSON for that page, and the answers to container probes. */
package pgrouter.http;
