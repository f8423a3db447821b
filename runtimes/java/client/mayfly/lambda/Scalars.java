package mayfly.lambda;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
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
    /** AWS's serializer takes no more, since few characters would then be a number of any length. */
    private static final int SCALE_MAX = 100_000;

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
        Class<?> boxed = BOXES.getOrDefault(type, type);
        if (boxed.isInstance(json)) {
            return Json.untyped(json);
        }
        boolean isParts = json instanceof List && isTime(type.getName());
        if (json instanceof Map || (json instanceof List && !isParts)) {
            throw mismatch(json, type, null);
        }
        String text = json.toString();
        if (text.isEmpty() && boxed != String.class) {
            return ofNull(type);
        }
        try {
            return isParts ? Times.ofParts((List<?>) json, type) : read(text, boxed);
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
                return whole(text).shortValueExact();
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
                return Json.untyped(Json.number(text));
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
                return Times.read(text, type);
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
        return decimal(text).toBigInteger();
    }

    /** A number that is to be calculated with. */
    static BigDecimal decimal(String text) {
        BigDecimal decimal = new BigDecimal(text);
        if (Math.abs((long) decimal.scale()) > SCALE_MAX) {
            throw new ArithmeticException("the exponent of " + text + " is too large");
        }
        return decimal;
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

    /** By its name or its place; an unknown one is null. */
    private static Object constant(String text, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            Enum<?> known = (Enum<?>) constant;
            if (known.name().equals(text) || String.valueOf(known.ordinal()).equals(text)) {
                return known;
            }
        }
        return null;
    }
}
