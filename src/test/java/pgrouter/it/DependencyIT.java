package pgrouter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** The jar needs the JDK, and nothing else. */
class DependencyIT {
    @Test
    void theJarUsesModulesOfTheJdkOnly() {
        StringWriter output = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int code = jdeps.run(
                new PrintWriter(output),
                new PrintWriter(output),
                "--multi-release",
                "base",
                "--print-module-deps",
                System.getProperty("pgrouter.jar"));
        assertThat(code).as(output.toString()).isZero();
        assertThat(output.toString().strip().split(",")).allMatch(module -> module.matches("(java|jdk)\\.[a-z.]+"));
    }
}
