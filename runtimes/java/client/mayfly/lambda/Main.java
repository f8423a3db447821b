package mayfly.lambda;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Starts the Java runtime client: finds the handler, then serves one event after the other.
 *
 * <p>What needs to know nothing of the function comes first.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        loadClasses();
        Settings settings = Settings.of(System.getenv());
        Output output = new Output(settings);
        new Loop(settings, output, new RuntimeApi(settings)).run();
    }

    /** What every event needs is loaded during init, which AWS gives more processor time than an invocation. */
    private static void loadClasses() {
        byte[] document = "{\"a\":[1,\"b\"]}".getBytes(StandardCharsets.UTF_8);
        JsonWriter.bytes(Binder.bind(Json.parse(document), Map.class));
    }
}
