package pgrouter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The programs of scripts/bench. */
final class BenchPrograms {
    static final Path SOURCES = Path.of("scripts", "bench.d").toAbsolutePath();

    private BenchPrograms() {}

    /** Compiles them as the script does it, for the oldest Java that it is for. */
    static void compile(Path programs) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter output = new StringWriter();
        List<String> options = List.of("-Xlint:all", "-Werror", "--release", "21", "-d", programs.toString());
        try (Stream<Path> files = Files.list(SOURCES);
                StandardJavaFileManager sources = compiler.getStandardFileManager(null, null, null)) {
            List<Path> java =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            boolean compiled = compiler.getTask(
                            output, sources, null, options, null, sources.getJavaFileObjectsFromPaths(java))
                    .call();
            assertThat(compiled).as(output.toString()).isTrue();
        }
    }
}
