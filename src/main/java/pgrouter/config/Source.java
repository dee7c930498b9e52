package pgrouter.config;

import java.nio.file.Path;

/**
 * The file that is read.
 *
 * @param file the file, as problems name it
 * @param directory where relative paths start
 */
record Source(Path file, Path directory) {}
