package mayfly.lambda;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The properties of a class by JavaBeans' rules: getters, setters and public fields. */
final class Properties {
    /** AWS's own event classes, whose properties are written in more than one way on the wire. */
    private static final String EVENTS = "com.amazonaws.services.lambda.runtime.events.";
    private static final Map<Class<?>, Properties> KNOWN = new ConcurrentHashMap<>();

    /** In the order of the fields, parents' first. */
    final Map<String, Reader> readers = new LinkedHashMap<>();
    final Map<String, Writer> writers = new LinkedHashMap<>();

    interface Reader {
        Object read(Object bean);
    }

    /** Sets a property, which has a type. */
    static final class Writer {
        final Type type;
        private final Field field;
        private final Method setter;

        private Writer(Type type, Field field, Method setter) {
            this.type = type;
            this.field = field;
            this.setter = setter;
        }

        void write(Object bean, Object value) {
            attempt(() -> {
                if (setter == null) {
                    field.set(bean, value);
                } else {
                    setter.invoke(bean, value);
                }
                return null;
            });
        }
    }

    static Properties of(Class<?> type) {
        return KNOWN.computeIfAbsent(type, Properties::new);
    }

    /** Lets go of classes that will not come again. */
    static void forget() {
        KNOWN.clear();
    }

    private Properties(Class<?> type) {
        List<Field> fields = fields(type);
        // A getter's value stands where its field does.
        fields.forEach(field -> readers.put(field.getName(), null));
        for (Method method : type.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !method.isBridge()
                    && method.getDeclaringClass() != Object.class) {
                look(method);
            }
        }
        for (Field field : fields) {
            if (Modifier.isPublic(field.getModifiers())) {
                look(field);
            } else if (isEvent(type)) {
                field.setAccessible(true);
                writers.putIfAbsent(field.getName(), new Writer(field.getGenericType(), field, null));
            }
        }
        readers.values().removeIf(reader -> reader == null);
    }

    private static List<Field> fields(Class<?> type) {
        List<Class<?>> classes = new ArrayList<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            classes.add(each);
        }
        Collections.reverse(classes);
        List<Field> fields = new ArrayList<>();
        for (Class<?> each : classes) {
            for (Field field : each.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (!Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers) && !field.isSynthetic()) {
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private void look(Method method) {
        String name = method.getName();
        Class<?> result = method.getReturnType();
        if (method.getParameterCount() == 1 && isNamed(name, "set")) {
            open(method);
            writers.put(property(name, 3), new Writer(method.getGenericParameterTypes()[0], null, method));
        } else if (method.getParameterCount() == 0 && isNamed(name, "get") && result != void.class
                && !name.equals("getMetaClass")) {
            read(property(name, 3), method);
        } else if (method.getParameterCount() == 0 && isNamed(name, "is")
                && (result == boolean.class || result == Boolean.class)) {
            read(property(name, 2), method);
        } else if (method.getParameterCount() == 0 && readers.containsKey(name) && isRecord(method.getDeclaringClass())) {
            read(name, method);
        }
    }

    static boolean isEvent(Class<?> type) {
        return type.getName().startsWith(EVENTS);
    }

    static boolean isRecord(Class<?> type) {
        // Java before 16 has no such classes.
        return type.getSuperclass() != null && type.getSuperclass().getName().equals("java.lang.Record");
    }

    private void read(String name, Method getter) {
        open(getter);
        readers.put(name, bean -> attempt(() -> getter.invoke(bean)));
    }

    private void look(Field field) {
        String name = field.getName();
        if (readers.get(name) == null) {
            readers.put(name, bean -> attempt(() -> field.get(bean)));
        }
        if (!Modifier.isFinal(field.getModifiers())) {
            writers.putIfAbsent(name, new Writer(field.getGenericType(), field, null));
        }
    }

    /** Public members of classes that are not public. */
    private static void open(Method method) {
        try {
            method.setAccessible(true);
        } catch (RuntimeException ofJava) {
            // A class of Java's own library keeps its doors shut; its public ones are open anyway.
        }
    }

    private static boolean isNamed(String name, String prefix) {
        return name.length() > prefix.length() && name.startsWith(prefix);
    }

    /** {@code getName} is {@code name}; {@code getURL} stays {@code URL}. */
    private static String property(String method, int prefix) {
        String name = method.substring(prefix);
        boolean isAcronym = name.length() > 1 && Character.isUpperCase(name.charAt(0))
                && Character.isUpperCase(name.charAt(1));
        return isAcronym ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private interface Access {
        Object run() throws ReflectiveOperationException;
    }

    private static Object attempt(Access access) {
        try {
            return access.run();
        } catch (InvocationTargetException thrown) {
            throw new IllegalArgumentException(thrown.getCause());
        } catch (ReflectiveOperationException refused) {
            throw new IllegalArgumentException(refused);
        }
    }
}
