package mayfly.lambda;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Context objects of the types that the function's aws-lambda-java-core defines. */
final class Contexts {
    static final String CORE = "com.amazonaws.services.lambda.runtime.";

    private final Settings settings;
    private final Output output;
    private final ClassLoader code;
    private final CoreClasses classes;
    /** Null when the function does not use the type. */
    final Class<?> contextType;
    private final Object logger;

    Contexts(Settings settings, Output output, ClassLoader code) {
        this.settings = settings;
        this.output = output;
        this.code = code;
        classes = new CoreClasses(code);
        contextType = coreType("Context");
        BiConsumer<Object, String> records = this::log;
        logger = contextType == null ? null : classes.make("RecordLogger", BiConsumer.class, records);
    }

    /** A type of aws-lambda-java-core, or null when the function does not bring that. */
    Class<?> coreType(String name) {
        try {
            return Class.forName(CORE + name, false, code);
        } catch (ClassNotFoundException | LinkageError absent) {
            return null;
        }
    }

    /** Makes {@code LambdaRuntime.getLogger()}, which logging libraries use, write records. */
    void shareLogger() {
        try {
            Class<?> runtime = Class.forName(CORE + "LambdaRuntime", true, code);
            Field field = runtime.getDeclaredField("logger");
            field.setAccessible(true);
            field.set(null, logger);
        } catch (ReflectiveOperationException | LinkageError absent) {
            // A function without the library has nobody who would ask.
        }
    }

    Object context(Event event) {
        Map<String, Object> values = new HashMap<>();
        values.put("awsRequestId", event.requestId());
        values.put("logGroupName", settings.logGroup);
        values.put("logStreamName", settings.logStream);
        values.put("functionName", settings.functionName);
        values.put("functionVersion", settings.functionVersion);
        values.put("invokedFunctionArn", event.header("invoked-function-arn"));
        values.put("memoryLimitInMB", settings.memoryMib);
        values.put("tenantId", event.header("aws-tenant-id"));
        values.put("xrayTraceId", event.header("trace-id"));
        values.put("logger", logger);
        values.put("deadlineMs", event.deadlineMs());
        values.put("identity", bean("MobileIdentity", object(event.header("cognito-identity"))));
        values.put("clientContext", clientContext(object(event.header("client-context"))));
        return bean("InvocationContext", values);
    }

    private Object clientContext(Map<String, Object> sent) {
        if (sent == null) {
            return null;
        }
        Map<String, Object> values = new HashMap<>(sent);
        values.put("client", bean("MobileApplication", map(sent.get("client"))));
        return bean("MobileContext", values);
    }

    private static Map<String, Object> object(String header) {
        return header == null ? null : map(Json.parse(header.getBytes(StandardCharsets.UTF_8)));
    }

    /** What {@link Json} read has texts as names. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object json) {
        return json instanceof Map ? (Map<String, Object>) json : null;
    }

    private Object bean(String type, Map<String, Object> values) {
        return values == null ? null : classes.make(type, Map.class, values);
    }

    private void log(Object message, String level) {
        if (message instanceof byte[]) {
            output.log((byte[]) message, level);
        } else {
            output.log(String.valueOf(message), level);
        }
    }
}
