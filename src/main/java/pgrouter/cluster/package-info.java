/** What is known of the nodes: an immutable {@link pgrouter.cluster.ClusterView} in one holder, written by health, read by all. */
package pgrouter.cluster;
