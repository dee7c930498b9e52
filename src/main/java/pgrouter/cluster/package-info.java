/** The known state of the nodes: an immutable {@link pgrouter.cluster.ClusterView} in one holder. Health writes it, all others read it. */
package pgrouter.cluster;
