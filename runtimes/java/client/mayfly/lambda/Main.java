package mayfly.lambda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Starts the Java runtime client: finds the handler, then serves one event after the other.
 *
 * <p>What needs to know nothing of the function comes first.
 */
public final class Main {
    private static final String SOCKET = "_MAYFLY_RUNTIME_API_SOCKET";
    private static final String LOG_DESCRIPTOR = "_LAMBDA_TELEMETRY_LOG_FD";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        loadClasses();
        Map<String, String> started = Place.variables();
        RuntimeApi api = new RuntimeApi(started.get("AWS_LAMBDA_RUNTIME_API"), started.remove(SOCKET));
        Output output = new Output(started.remove(LOG_DESCRIPTOR));
        Place.hide(SOCKET);
        Place.hide(LOG_DESCRIPTOR);
        Settings settings = Place.isKnown(started) ? Settings.of(started) : awaitFunction(api, output, started);
        output.follow(settings);
        new Loop(settings, output, api).run();
    }

    /** What every event needs is loaded during init, which AWS gives more processor time than an invocation. */
    private static void loadClasses() {
        byte[] document = "{\"a\":[1,\"b\"]}".getBytes(StandardCharsets.UTF_8);
        JsonWriter.bytes(Binder.bind(Json.parse(document), Map.class));
    }

    private static Settings awaitFunction(RuntimeApi api, Output output, Map<String, String> started)
            throws IOException {
        Rehearsal.play(api, output, started);
        Map<String, String> variables = api.settings();
        Place.take(variables);
        started.putAll(variables);
        Settings settings = Settings.of(started);
        api.awaitCode();
        Place.enter(settings.taskRoot);
        return settings;
    }
}
