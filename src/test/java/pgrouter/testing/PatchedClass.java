package pgrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A class of the jar with a fault: it shows that a test finds the fault. */
public final class PatchedClass {
    private PatchedClass() {}

    /**
     * Compiles a changed copy of the source of a class.
     *
     * @param source below {@code src/main/java}
     * @param directory where the class is put, for {@link RouterProcess.Options#patchedBy}
     */
    public static void compile(String source, UnaryOperator<String> change, Path directory) throws IOException {
        String text = Files.readString(Path.of("src/main/java", source));
        String changed = change.apply(text);
        assertThat(changed).isNotEqualTo(text);
        Path file = directory.resolve(Path.of(source).getFileName());
        Files.writeString(file, changed);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of("-cp", System.getProperty("pgrouter.jar"), "-d", directory.toString());
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(file))
                            .call())
                    .isTrue();
        }
    }
}
