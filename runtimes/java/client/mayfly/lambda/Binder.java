package mayfly.lambda;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns what {@link Json} read into values of the handler's types, as AWS's serializer is set up: unknown properties
 * are passed over, an empty text or list for an object is null, a single value may stand for a list, and a list for the
 * single value that it holds.
 */
final class Binder {
    private static final int MILLIS = 1000;

    private Binder() {}

    static Object bind(Object json, Type type) {
        Class<?> raw = TypeBindings.raw(type);
        if (raw == Optional.class) {
            return Optional.ofNullable(json == null ? null : bind(json, argument(type, 0)));
        }
        if (json == null) {
            return Scalars.ofNull(raw);
        }
        if (raw == Object.class) {
            return Json.untyped(json);
        }
        if (raw == byte[].class && json instanceof String) {
            return Scalars.bytes((String) json);
        }
        if (raw == ByteBuffer.class) {
            return ByteBuffer.wrap(Scalars.bytes((String) json));
        }
        if (json.equals("") && !Scalars.isScalar(raw)) {
            return null;
        }
        if (raw.isArray()) {
            return array(json, type);
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) {
            return collection(json, raw, argument(new TypeBindings(type), Collection.class, type, 0));
        }
        if (json.equals(Collections.emptyList()) && !raw.isPrimitive()) {
            return null;
        }
        if (json instanceof List && ((List<?>) json).size() == 1) {
            return bind(((List<?>) json).get(0), type);
        }
        if (Map.class.isAssignableFrom(raw)) {
            return map(json, raw, type);
        }
        return Scalars.isScalar(raw) ? Scalars.bind(json, raw) : bean(json, raw, type);
    }

    private static Type argument(Type type, int index) {
        return type instanceof ParameterizedType
                ? ((ParameterizedType) type).getActualTypeArguments()[index]
                : Object.class;
    }

    /** What a parameter of a parent such as Collection stands for. */
    private static Type argument(TypeBindings bindings, Class<?> parent, Type type, int index) {
        Type[] arguments = bindings.argumentsOf(parent);
        return arguments == null ? argument(type, index) : arguments[index];
    }

    private static List<?> items(Object json) {
        return json instanceof List ? (List<?>) json : Collections.singletonList(json);
    }

    private static Object array(Object json, Type type) {
        Type element = type instanceof GenericArrayType
                ? ((GenericArrayType) type).getGenericComponentType()
                : ((Class<?>) type).getComponentType();
        List<?> items = items(json);
        Object array = Array.newInstance(TypeBindings.raw(element), items.size());
        for (int index = 0; index < items.size(); index++) {
            Array.set(array, index, bind(items.get(index), element));
        }
        return array;
    }

    private static Collection<Object> collection(Object json, Class<?> raw, Type element) {
        Collection<Object> collection = emptyCollection(raw);
        for (Object item : items(json)) {
            collection.add(bind(item, element));
        }
        return collection;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> emptyCollection(Class<?> raw) {
        if (!isAbstract(raw)) {
            return (Collection<Object>) create(raw);
        }
        if (raw == SortedSet.class || raw == NavigableSet.class) {
            return new TreeSet<>();
        }
        if (Set.class.isAssignableFrom(raw)) {
            return new HashSet<>();
        }
        boolean isQueue = raw == Queue.class || raw == Deque.class;
        return isQueue ? new ArrayDeque<>() : new ArrayList<>();
    }

    private static Map<Object, Object> map(Object json, Class<?> raw, Type type) {
        TypeBindings bindings = new TypeBindings(type);
        Class<?> key = TypeBindings.raw(argument(bindings, Map.class, type, 0));
        Type value = argument(bindings, Map.class, type, 1);
        Map<Object, Object> map = emptyMap(raw);
        object(json, raw).forEach((name, item) ->
                map.put(key == Object.class ? name : Scalars.bind(name, key), bind(item, value)));
        return map;
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> emptyMap(Class<?> raw) {
        if (!isAbstract(raw)) {
            return (Map<Object, Object>) create(raw);
        }
        return SortedMap.class.isAssignableFrom(raw) ? new TreeMap<>() : new LinkedHashMap<>();
    }

    private static boolean isAbstract(Class<?> raw) {
        return Modifier.isAbstract(raw.getModifiers());
    }

    private static Map<?, ?> object(Object json, Class<?> raw) {
        if (json instanceof Map) {
            return (Map<?, ?>) json;
        }
        throw new IllegalArgumentException(
                "Cannot deserialize value of type `" + raw.getName() + "` from " + Scalars.kind(json));
    }

    private static Object bean(Object json, Class<?> raw, Type type) {
        Map<?, ?> object = object(json, raw);
        if (Properties.isRecord(raw)) {
            return record(object, raw, new TypeBindings(type));
        }
        Object bean = create(raw);
        TypeBindings bindings = new TypeBindings(type);
        Map<String, Properties.Writer> writers = Properties.of(raw).writers;
        boolean isEvent = Properties.isEvent(raw);
        object.forEach((name, value) -> {
            Properties.Writer writer = writers.get(name);
            if (writer == null && isEvent) {
                writer = alike(writers, (String) name);
            }
            if (writer != null) {
                boolean isSeconds = isEvent && writer.type == Date.class && value instanceof Number;
                Object meant = isSeconds ? millis((Number) value) : value;
                writer.write(bean, bind(meant, bindings.resolve(writer.type)));
            }
        });
        return bean;
    }

    /** AWS's streams write seconds where its event classes have a date. */
    private static long millis(Number seconds) {
        return Scalars.decimal(seconds.toString()).multiply(BigDecimal.valueOf(MILLIS)).longValue();
    }

    /** `Records` is `records`, `eventSourceARN` is `eventSourceArn`, `x-amz-id-2` is `xAmzId2`. */
    private static Properties.Writer alike(Map<String, Properties.Writer> writers, String name) {
        String wanted = letters(name);
        for (Map.Entry<String, Properties.Writer> writer : writers.entrySet()) {
            if (letters(writer.getKey()).equals(wanted)) {
                return writer.getValue();
            }
        }
        return null;
    }

    private static String letters(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Java before 16 knows no records, so their methods are called by name. */
    private static Object record(Map<?, ?> object, Class<?> raw, TypeBindings bindings) {
        try {
            Object[] components = (Object[]) Class.class.getMethod("getRecordComponents").invoke(raw);
            Class<?>[] types = new Class<?>[components.length];
            Object[] values = new Object[components.length];
            for (int index = 0; index < components.length; index++) {
                Class<?> component = components[index].getClass();
                String name = (String) component.getMethod("getName").invoke(components[index]);
                types[index] = (Class<?>) component.getMethod("getType").invoke(components[index]);
                Type type = (Type) component.getMethod("getGenericType").invoke(components[index]);
                values[index] = bind(object.get(name), bindings.resolve(type));
            }
            return construct(raw.getDeclaredConstructor(types), values);
        } catch (ReflectiveOperationException refused) {
            throw new IllegalArgumentException(refused);
        }
    }

    private static Object create(Class<?> raw) {
        try {
            if (Properties.isEvent(raw)) {
                return event(raw);
            }
            return construct(raw.getDeclaredConstructor());
        } catch (ReflectiveOperationException absent) {
            throw new IllegalArgumentException("Cannot construct instance of `" + raw.getName()
                    + "` (no Creators, like default constructor, exist)", absent);
        }
    }

    /** Some of AWS's event classes are made with all their values, which here come afterwards. */
    private static Object event(Class<?> raw) throws ReflectiveOperationException {
        Constructor<?>[] constructors = raw.getDeclaredConstructors();
        Arrays.sort(constructors, (one, other) -> one.getParameterCount() - other.getParameterCount());
        Class<?>[] types = constructors[0].getParameterTypes();
        Object[] values = new Object[types.length];
        for (int index = 0; index < types.length; index++) {
            values[index] = Scalars.ofNull(types[index]);
        }
        return construct(constructors[0], values);
    }

    private static Object construct(Constructor<?> constructor, Object... values) throws ReflectiveOperationException {
        if (!Modifier.isPublic(constructor.getModifiers())
                || !Modifier.isPublic(constructor.getDeclaringClass().getModifiers())) {
            constructor.setAccessible(true);
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException thrown) {
            throw new IllegalArgumentException(thrown.getCause());
        }
    }
}
