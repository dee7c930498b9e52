/** Watches the backends: one round of probes each check interval. The results go into the cluster view. */
package pgrouter.health;
