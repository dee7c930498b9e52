/** What the operating system tells the process. */
package pgrouter.process;
