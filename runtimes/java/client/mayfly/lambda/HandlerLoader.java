package mayfly.lambda;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Finds the function's handler, or says in AWS's words why not. */
final class HandlerLoader {
    private static final int PARAMETERS_MAX = 3;

    private final ClassLoader code;
    private final Contexts contexts;

    HandlerLoader(ClassLoader code, Contexts contexts) {
        this.code = code;
        this.contexts = contexts;
    }

    /** {@code package.Class} of a handler interface, or {@code package.Class::method}. */
    Handler load(String name) {
        int colons = name.lastIndexOf("::");
        String className = colons < 0 ? name : name.substring(0, colons);
        String methodName = colons < 0 ? null : name.substring(colons + 2);
        if (className.isEmpty() || (methodName != null && methodName.isEmpty())) {
            throw BadCode.told("Invalid handler: `" + name + "'");
        }
        Class<?> type = open(className);
        return methodName == null ? ofInterface(type) : ofMethod(type, methodName);
    }

    private Class<?> open(String className) {
        try {
            return Class.forName(className, true, code);
        } catch (ClassNotFoundException absent) {
            throw BadCode.classNotFound(className, absent);
        } catch (NoClassDefFoundError absent) {
            throw BadCode.notLoaded(className, absent, false);
        } catch (Throwable error) {
            throw BadCode.notLoaded(className, error, true);
        }
    }

    private Handler ofInterface(Class<?> type) {
        if (isA(type, "RequestStreamHandler")) {
            Object instance = instance(type);
            Method method = interfaceMethod("RequestStreamHandler");
            return event -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                call(method, instance, new ByteArrayInputStream(event.body), out, contexts.context(event));
                return out.toByteArray();
            };
        }
        if (!isA(type, "RequestHandler")) {
            throw BadCode.told("Class does not implement an appropriate handler interface: " + type.getName());
        }
        Class<?> iface = contexts.coreType("RequestHandler");
        Type[] types = new TypeBindings(type).argumentsOf(iface);
        if (types == null) {
            throw BadCode.told(
                    "Class " + type.getName() + " does not implement RequestHandler with concrete type parameters");
        }
        for (Type parameter : types) {
            if (parameter instanceof TypeVariable && isUnbounded((TypeVariable<?>) parameter)) {
                throw BadCode.told("Class " + type.getName() + " does not implement RequestHandler with concrete type "
                        + "parameters: parameter " + parameter + " has no upper bound.");
            }
        }
        Object instance = instance(type);
        Method method = interfaceMethod("RequestHandler");
        return event -> response(call(method, instance, input(event, types[0]), contexts.context(event)), types[1]);
    }

    private static boolean isUnbounded(TypeVariable<?> variable) {
        return Arrays.stream(variable.getBounds()).allMatch(Object.class::equals);
    }

    /** Goes by names, so that an interface that the type does not have is not loaded. */
    private static boolean isA(Class<?> type, String name) {
        if (type == null) {
            return false;
        }
        for (Class<?> iface : type.getInterfaces()) {
            if (iface.getName().equals(Contexts.CORE + name) || isA(iface, name)) {
                return true;
            }
        }
        return isA(type.getSuperclass(), name);
    }

    private Method interfaceMethod(String name) {
        return contexts.coreType(name).getMethods()[0];
    }

    private Handler ofMethod(Class<?> type, String name) {
        List<Method> methods = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name)) {
                methods.add(method);
            }
        }
        if (methods.isEmpty()) {
            throw BadCode.told("No public method named " + name + " with appropriate method signature found on class "
                    + type.getName());
        }
        // AWS prefers real methods to bridges, then longer signatures, where a Context at the end counts twice.
        methods.sort(Comparator.comparing(Method::isBridge).thenComparing(method -> -weight(method)));
        for (Method method : methods) {
            if (isUsable(method)) {
                return ofMethod(type, method);
            }
        }
        throw BadCode.told("No public method named " + name + " with appropriate method signature found on class "
                + type.getName());
    }

    private int weight(Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean endsInContext = types.length > 0 && types[types.length - 1] == contexts.contextType;
        return types.length + (endsInContext ? 1 : 0);
    }

    /** Event, streams and context, each at most once and in this order. */
    private boolean isUsable(Method method) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length > PARAMETERS_MAX) {
            return false;
        }
        int last = -1;
        for (Class<?> type : types) {
            int place = place(type);
            boolean isOutputAfterEvent = place == 1 && last == 0 && types[0] != InputStream.class;
            if (place <= last || isOutputAfterEvent) {
                return false;
            }
            last = place;
        }
        return true;
    }

    private int place(Class<?> type) {
        if (type == contexts.contextType) {
            return 2;
        }
        return type == OutputStream.class ? 1 : 0;
    }

    private Handler ofMethod(Class<?> type, Method method) {
        Object instance = Modifier.isStatic(method.getModifiers()) ? null : instance(type);
        Type[] types = method.getGenericParameterTypes();
        List<Type> parameters = Arrays.asList(types);
        boolean isStream = parameters.contains(InputStream.class) || parameters.contains(OutputStream.class);
        return event -> {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Object[] arguments = new Object[types.length];
            for (int index = 0; index < types.length; index++) {
                arguments[index] = argument(types[index], event, out);
            }
            Object result = call(method, instance, arguments);
            return isStream ? out.toByteArray() : response(result, method.getGenericReturnType());
        };
    }

    private Object argument(Type type, Event event, OutputStream out) {
        if (type == InputStream.class) {
            return new ByteArrayInputStream(event.body);
        }
        if (type == OutputStream.class) {
            return out;
        }
        return type == contexts.contextType ? contexts.context(event) : input(event, type);
    }

    private static Object input(Event event, Type type) {
        try {
            return Binder.bind(Json.parse(event.body), type);
        } catch (RuntimeException cause) {
            throw new RuntimeException("An error occurred during JSON parsing", cause);
        }
    }

    private static byte[] response(Object result, Type type) {
        if (type == void.class || type == Void.class) {
            return JsonWriter.bytes(null);
        }
        try {
            return JsonWriter.bytes(result);
        } catch (RuntimeException cause) {
            throw new RuntimeException("An error occurred during JSON serialization of response", cause);
        }
    }

    private static Object instance(Class<?> type) {
        Constructor<?> constructor;
        try {
            constructor = type.getConstructor();
        } catch (NoSuchMethodException absent) {
            boolean isInner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
            throw BadCode.told(new Exception("Class " + type.getName() + (isInner
                    ? " cannot be instantiated because it is a non-static inner class"
                    : " has no public zero-argument constructor"), absent));
        }
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException thrown) {
            throw BadCode.fatal(thrown.getCause());
        } catch (ReflectiveOperationException refused) {
            throw BadCode.told(refused);
        }
    }

    private static Object call(Method method, Object instance, Object... arguments) throws Throwable {
        // Public methods of classes that are not public are AWS's to call, too.
        method.setAccessible(true);
        try {
            return method.invoke(instance, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
