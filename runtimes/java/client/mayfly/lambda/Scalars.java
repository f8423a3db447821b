package mayfly.lambda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Calendar;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Values that are one number, one word or one text. Numbers may be written as texts, and texts as numbers. */
final class Scalars {
    private static final Set<Class<?>> TYPES = new HashSet<>(Arrays.asList(
            String.class, CharSequence.class, Number.class, BigInteger.class, BigDecimal.class,
            Byte.class, Short.class, Integer.class, Long.class, Float.class, Double.class, Boolean.class, Character.class,
            UUID.class, URI.class, Instant.class, Date.class, Calendar.class));
    private static final Map<Class<?>, Class<?>> BOXES = new HashMap<>();

    static {
        BOXES.put(byte.class, Byte.class);
        BOXES.put(short.class, Short.class);
        BOXES.put(int.class, Integer.class);
        BOXES.put(long.class, Long.class);
        BOXES.put(float.class, Float.class);
        BOXES.put(double.class, Double.class);
        BOXES.put(boolean.class, Boolean.class);
        BOXES.put(char.class, Character.class);
    }

    private Scalars() {}

    static boolean isScalar(Class<?> type) {
        return type.isPrimitive() || type.isEnum() || TYPES.contains(type) || isTime(type.getName());
    }

    /** AWS's event classes have times of Joda's. */
    private static boolean isTime(String name) {
        return name.startsWith("java.time.") || name.startsWith("org.joda.time.");
    }

    /** Null, or a primitive's zero. */
    static Object ofNull(Class<?> type) {
        if (!type.isPrimitive()) {
            return null;
        }
        if (type == boolean.class) {
            return false;
        }
        return type == char.class ? (Object) '\0' : bind(0, type);
    }

    static Object bind(Object json, Class<?> type) {
        if (json instanceof List && ((List<?>) json).size() == 1) {
            return bind(((List<?>) json).get(0), type);
        }
        Class<?> boxed = BOXES.getOrDefault(type, type);
        if (boxed.isInstance(json)) {
            return json;
        }
        if (json == null || json instanceof Map || json instanceof List) {
            throw mismatch(json, type, null);
        }
        String text = json.toString();
        if (text.isEmpty() && boxed != String.class) {
            return ofNull(type);
        }
        try {
            return read(text, boxed);
        } catch (ArithmeticException | IllegalArgumentException | java.time.DateTimeException malformed) {
            throw mismatch(json, type, malformed);
        }
    }

    private static Object read(String text, Class<?> type) {
        if (type.isEnum()) {
            return constant(text, type);
        }
        // A table of functions would cost a class each at every start.
        switch (type.getSimpleName()) {
            case "String":
            case "CharSequence":
                return text;
            case "Byte":
                return whole(text).byteValue();
            case "Short":
                return whole(text).shortValue();
            case "Integer":
                return whole(text).intValueExact();
            case "Long":
                return whole(text).longValueExact();
            case "Float":
                return Float.valueOf(text);
            case "Double":
                return Double.valueOf(text);
            case "BigInteger":
                return whole(text);
            case "Number":
            case "BigDecimal":
                return new BigDecimal(text);
            case "Boolean":
                return truth(text);
            case "Character":
                return character(text);
            case "UUID":
                return UUID.fromString(text);
            case "URI":
                return URI.create(text);
            default:
                return time(text, type);
        }
    }

    static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    /** How messages name a kind of JSON value. */
    static String kind(Object json) {
        if (json instanceof Map) {
            return "Object value (token `JsonToken.START_OBJECT`)";
        }
        return json instanceof List
                ? "Array value (token `JsonToken.START_ARRAY`)"
                : json instanceof String ? "String value ('" + json + "')" : "value " + json;
    }

    private static IllegalArgumentException mismatch(Object json, Class<?> type, Exception cause) {
        return new IllegalArgumentException(
                "Cannot deserialize value of type `" + type.getName() + "` from " + kind(json), cause);
    }

    /** A decimal number loses its fraction, as in AWS's serializer. */
    private static BigInteger whole(String text) {
        return new BigDecimal(text).toBigInteger();
    }

    private static Object truth(String text) {
        if (text.equalsIgnoreCase("true") || text.equals("1")) {
            return true;
        }
        if (text.equalsIgnoreCase("false") || text.equals("0")) {
            return false;
        }
        throw new IllegalArgumentException(text);
    }

    private static Object character(String text) {
        if (text.length() != 1) {
            throw new IllegalArgumentException(text);
        }
        return text.charAt(0);
    }

    /** An unknown name is null. */
    private static Object constant(String text, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        return null;
    }

    /** Milliseconds since 1970, or a time with its zone. */
    private static Instant instant(String text) {
        if (text.matches("-?\\d+")) {
            return Instant.ofEpochMilli(Long.parseLong(text));
        }
        if (text.matches("\\d{4}-\\d\\d-\\d\\d")) {
            return Instant.parse(text + "T00:00:00Z");
        }
        String zoned = text.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2");
        return OffsetDateTime.parse(zoned, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
    }

    private static Object time(String text, Class<?> type) {
        if (type == Instant.class) {
            return instant(text);
        }
        if (type == Date.class) {
            return Date.from(instant(text));
        }
        if (type == Calendar.class) {
            Calendar calendar = Calendar.getInstance();
            calendar.setTime(Date.from(instant(text)));
            return calendar;
        }
        return parsed(text, type);
    }

    /** The types of java.time, and Joda's, read their own text. */
    private static Object parsed(String text, Class<?> type) {
        try {
            boolean isJava = type.getName().startsWith("java.");
            Method parse = type.getMethod("parse", isJava ? CharSequence.class : String.class);
            return parse.invoke(null, text);
        } catch (InvocationTargetException malformed) {
            throw new IllegalArgumentException(malformed.getCause());
        } catch (ReflectiveOperationException unknown) {
            throw new IllegalArgumentException(unknown);
        }
    }
}
