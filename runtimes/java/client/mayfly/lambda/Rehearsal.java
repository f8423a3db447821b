package mayfly.lambda;

import java.io.IOException;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Plays invocations before there is a function.
 *
 * <p>A process that waits for its function has time. What it would do for the first time while somebody waits for the
 * answer, it does now: load classes, compile them, read from and write to the connection. It leaves nothing behind that
 * a function can see.
 */
final class Rehearsal {
    /** One of each way to write a handler. */
    private static final String[] HANDLERS = {"stage.Hello", "stage.Greeter::greet", "stage.Greeter::copy"};

    /**
     * How many rounds follow each collection of garbage. What a round leaves is collected before it takes more of the
     * heap, since memory that was once written to stays with the process.
     *
     * <p>In the first, most classes are loaded, which takes as much memory as all the others do. Java compiles what has
     * run two hundred times; most of what matters runs several times in a round. What a collection undoes, such as links
     * between compiled methods, is made anew in the last.
     */
    private static final int[] ROUNDS = {3, 30, 6};

    /** The platform refuses an answer to an invocation that does not exist, which is an answer too. */
    private static final String REQUEST_ID = "rehearsal";

    private static final byte[] BODY =
            "{\"name\":\"rehearsal\",\"count\":1,\"tags\":[\"a\",true,null,0.5]}".getBytes(StandardCharsets.UTF_8);

    private final RuntimeApi api;
    private final Output output;
    private final Map<String, String> variables;

    private Rehearsal(RuntimeApi api, Output output, Map<String, String> variables) {
        this.api = api;
        this.output = output;
        this.variables = variables;
    }

    static void play(RuntimeApi api, Output output, Map<String, String> variables) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        joinTexts();
        Rehearsal rehearsal = new Rehearsal(api, output, variables);
        for (int rounds : ROUNDS) {
            System.gc();
            rehearsal.rounds(rounds);
        }
        thread.setContextClassLoader(before);
    }

    private void rounds(int count) throws IOException {
        for (int round = 0; round < count; round++) {
            round(HANDLERS[round % HANDLERS.length]);
        }
        output.enter(null, null);
        Properties.forget();
    }

    private void round(String handler) throws IOException {
        Map<String, String> told = RuntimeApi.variables(JsonWriter.bytes(variables));
        // The variables and the folder that are there already.
        Place.take(told);
        Place.enter(told.get("LAMBDA_TASK_ROOT"));
        told.put("LAMBDA_TASK_ROOT", told.get("LAMBDA_RUNTIME_DIR"));
        told.put("_HANDLER", handler);
        Settings settings = Settings.of(told);
        output.follow(settings);
        output.rehearseEndOfInit();
        new Loop(settings, output, api).once(event());
    }

    /**
     * Joins texts as classes do that were compiled for Java 9 and later: by methods that Java makes when it first needs
     * them, which takes it milliseconds.
     */
    private static void joinTexts() {
        try {
            Method maker = Class.forName("java.lang.invoke.StringConcatFactory").getMethod("makeConcatWithConstants",
                    MethodHandles.Lookup.class, String.class, MethodType.class, String.class, Object[].class);
            Object[][] texts = {{"a"}, {"a", "b"}, {"a", "b", "c"}, {1}, {"a", 1}};
            for (Object[] parts : texts) {
                StringBuilder recipe = new StringBuilder("text ");
                Class<?>[] types = new Class<?>[parts.length];
                for (int index = 0; index < parts.length; index++) {
                    recipe.append("\1 ");
                    types[index] = parts[index] instanceof Integer ? int.class : String.class;
                }
                CallSite site = (CallSite) maker.invoke(null, MethodHandles.lookup(), "join",
                        MethodType.methodType(String.class, types), recipe.toString(), new Object[0]);
                site.getTarget().invokeWithArguments(parts);
            }
        } catch (Throwable before9) {
            // Then they are joined by calls.
        }
    }

    private static Event event() {
        Map<String, String> headers = new HashMap<>();
        headers.put("lambda-runtime-aws-request-id", REQUEST_ID);
        headers.put("lambda-runtime-mayfly-timeout-ms", "0");
        headers.put("lambda-runtime-invoked-function-arn", "");
        return new Event(headers, BODY);
    }
}
