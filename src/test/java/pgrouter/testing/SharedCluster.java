package pgrouter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import pgrouter.testing.PostgresCluster.Login;

/**
 * Gives a test the one {@link PostgresCluster} of this JVM, for a class with {@code @ExtendWith(SharedCluster.class)} and a
 * parameter of that type. It has the standard options, starts before the first such class, and stops after the last test. After each
 * class the schema public is empty again. A test that changes the role or the state of a node undoes that, or starts a cluster of its
 * own.
 *
 * <p>A parameter of the type {@link RouterProcess} is the one pgrouter in front of it, with the standard options, which has served
 * others before. A test counts what changes, and neither ends nor reloads it.
 */
public final class SharedCluster implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(SharedCluster.class);

    /** Here and not where the parameter is wanted, because only here a missing Docker skips the class. */
    @Override
    public void beforeAll(ExtensionContext context) {
        cluster(context);
    }

    /** The next class may use the same names. */
    @Override
    public void afterAll(ExtensionContext context) throws SQLException {
        try (Connection connection = cluster(context).connect(1, "app", Login.SUPERUSER);
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '30s'");
            statement.execute("DROP SCHEMA public CASCADE");
            statement.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner");
            statement.execute("GRANT USAGE ON SCHEMA public TO PUBLIC");
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == PostgresCluster.class || type == RouterProcess.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RouterProcess.class ? router(context) : cluster(context);
    }

    /** The test before may have kept it from its standbys. */
    private static RouterProcess router(ExtensionContext context) {
        PostgresCluster cluster = cluster(context);
        RouterProcess router = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .getOrComputeIfAbsent(RouterProcess.class, type -> before(cluster), RouterProcess.class);
        router.awaitReaders(cluster.nodes() - 1);
        return router;
    }

    private static RouterProcess before(PostgresCluster cluster) {
        try {
            return RouterProcess.before(cluster);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The session is that of the JVM: where several of them share the classes, each class is an execution of its own. */
    private static PostgresCluster cluster(ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .getOrComputeIfAbsent(
                        PostgresCluster.class,
                        type -> PostgresCluster.start(PostgresCluster.Options.standard()),
                        PostgresCluster.class);
    }
}
