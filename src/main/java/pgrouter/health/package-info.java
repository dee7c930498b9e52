/** Watches the backends: one round of probes each check interval, and what they found out goes into the cluster view. */
package pgrouter.health;
