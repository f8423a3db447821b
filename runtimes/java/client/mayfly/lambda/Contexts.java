package mayfly.lambda;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Context objects of the types that the function's aws-lambda-java-core defines.
 *
 * <p>This client is not compiled against those types: whichever version the function brings is the one that it sees.
 * Each object is a proxy that answers getters from a map; a getter that a later version adds answers null.
 */
final class Contexts {
    private static final String CORE = "com.amazonaws.services.lambda.runtime.";

    private final Settings settings;
    private final Output output;
    private final ClassLoader code;
    /** Null when the function does not use the type. */
    final Class<?> contextType;
    private final Object logger;

    Contexts(Settings settings, Output output, ClassLoader code) {
        this.settings = settings;
        this.output = output;
        this.code = code;
        contextType = coreType("Context");
        Class<?> loggerType = coreType("LambdaLogger");
        logger = loggerType == null ? null : proxy(loggerType, this::log);
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
        values.put("getAwsRequestId", event.requestId());
        values.put("getLogGroupName", settings.logGroup);
        values.put("getLogStreamName", settings.logStream);
        values.put("getFunctionName", settings.functionName);
        values.put("getFunctionVersion", settings.functionVersion);
        values.put("getInvokedFunctionArn", event.header("invoked-function-arn"));
        values.put("getMemoryLimitInMB", settings.memoryMib);
        values.put("getTenantId", event.header("aws-tenant-id"));
        values.put("getXrayTraceId", event.header("trace-id"));
        values.put("getLogger", logger);
        values.put("getIdentity", identity(event.header("cognito-identity")));
        values.put("getClientContext", clientContext(event.header("client-context")));
        long deadline = Long.parseLong(event.header("deadline-ms"));
        return proxy(contextType, (name, arguments) -> name.equals("getRemainingTimeInMillis")
                ? (Object) (int) Math.max(0, deadline - System.currentTimeMillis())
                : values.get(name));
    }

    private Object identity(String header) {
        Map<?, ?> sent = object(header);
        if (sent == null) {
            return null;
        }
        Map<String, Object> values = new HashMap<>();
        values.put("getIdentityId", sent.get("cognitoIdentityId"));
        values.put("getIdentityPoolId", sent.get("cognitoIdentityPoolId"));
        return bean("CognitoIdentity", values);
    }

    private Object clientContext(String header) {
        Map<?, ?> sent = object(header);
        if (sent == null) {
            return null;
        }
        Map<String, Object> values = new HashMap<>();
        values.put("getClient", client(sent.get("client")));
        values.put("getCustom", sent.get("custom"));
        values.put("getEnvironment", sent.get("env"));
        return bean("ClientContext", values);
    }

    private Object client(Object sent) {
        if (!(sent instanceof Map)) {
            return null;
        }
        Map<?, ?> fields = (Map<?, ?>) sent;
        Map<String, Object> values = new HashMap<>();
        values.put("getInstallationId", fields.get("installation_id"));
        values.put("getAppTitle", fields.get("app_title"));
        values.put("getAppVersionName", fields.get("app_version_name"));
        values.put("getAppVersionCode", fields.get("app_version_code"));
        values.put("getAppPackageName", fields.get("app_package_name"));
        return bean("Client", values);
    }

    private static Map<?, ?> object(String header) {
        Object value = header == null ? null : Json.parse(header.getBytes(StandardCharsets.UTF_8));
        return value instanceof Map ? (Map<?, ?>) value : null;
    }

    private Object bean(String type, Map<String, Object> values) {
        return proxy(coreType(type), (name, arguments) -> values.get(name));
    }

    private Object log(String name, Object[] arguments) {
        String level = arguments.length > 1 ? String.valueOf(arguments[1]) : "UNDEFINED";
        if (arguments[0] instanceof byte[]) {
            output.log((byte[]) arguments[0], level);
        } else {
            output.log(String.valueOf(arguments[0]), level);
        }
        return null;
    }

    private interface Getter {
        Object get(String name, Object[] arguments);
    }

    private Object proxy(Class<?> type, Getter getter) {
        InvocationHandler handler = (self, method, arguments) -> {
            Object[] given = arguments == null ? new Object[0] : arguments;
            return method.getDeclaringClass() == Object.class
                    ? ofObject(type, self, method, given)
                    : getter.get(method.getName(), given);
        };
        return Proxy.newProxyInstance(code, Collections.singleton(type).toArray(new Class<?>[0]), handler);
    }

    private static Object ofObject(Class<?> type, Object self, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "equals":
                return self == arguments[0];
            case "hashCode":
                return System.identityHashCode(self);
            default:
                return type.getSimpleName() + "@" + Integer.toHexString(System.identityHashCode(self));
        }
    }
}
