package mayfly.lambda;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Calendar;
import java.util.Date;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.BaseStream;

/**
 * Writes values as JSON, as AWS's serializer is set up: members of objects that are null are left out, dates are
 * numbers, bytes are base64.
 */
final class JsonWriter {
    private static final int DEPTH_MAX = 1000;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final StringBuilder out = new StringBuilder();
    private int depth;

    private JsonWriter() {}

    static String text(Object value) {
        JsonWriter writer = new JsonWriter();
        writer.write(value);
        return writer.out.toString();
    }

    static byte[] bytes(Object value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    private void write(Object value) {
        if (++depth > DEPTH_MAX) {
            throw new IllegalArgumentException("the value is nested deeper than " + DEPTH_MAX);
        }
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Number) {
            number((Number) value);
        } else if (value instanceof Enum) {
            string(((Enum<?>) value).name());
        } else if (value instanceof Map) {
            map((Map<?, ?>) value);
        } else if (value instanceof Iterable) {
            array(((Iterable<?>) value).iterator());
        } else if (value instanceof byte[]) {
            string(Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value instanceof char[]) {
            string(new String((char[]) value));
        } else if (value.getClass().isArray()) {
            array(value);
        } else if (value instanceof Optional) {
            write(((Optional<?>) value).orElse(null));
        } else if (isTime(value)) {
            write(Times.json(value));
        } else if (isText(value)) {
            string(value.toString());
        } else if (value instanceof Class) {
            string(((Class<?>) value).getName());
        } else if (value instanceof Iterator) {
            array((Iterator<?>) value);
        } else if (value instanceof BaseStream) {
            array(((BaseStream<?, ?>) value).iterator());
        } else {
            bean(value);
        }
        depth--;
    }

    private void number(Number number) {
        boolean isFinite = !(number instanceof Double || number instanceof Float) || Double.isFinite(number.doubleValue());
        if (isFinite) {
            out.append(number);
        } else {
            string(number.toString());
        }
    }

    private static boolean isTime(Object value) {
        return value instanceof Date || value instanceof Calendar || value.getClass().getName().startsWith("java.time.");
    }

    /** Strings, and the types of Java's own library that have one form as text. */
    private static boolean isText(Object value) {
        return value instanceof CharSequence || value instanceof Character || value instanceof java.util.UUID
                || value instanceof java.net.URI || value instanceof java.net.URL || value instanceof java.io.File
                || value instanceof java.util.Locale;
    }

    private void map(Map<?, ?> map) {
        out.append('{');
        boolean isFirst = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() != null) {
                isFirst = member(isFirst, name(entry.getKey()), entry.getValue());
            }
        }
        out.append('}');
    }

    private static String name(Object key) {
        if (key == null) {
            throw new IllegalArgumentException("Null key for a Map not allowed in JSON");
        }
        if (key instanceof Enum) {
            return ((Enum<?>) key).name();
        }
        return key instanceof Class ? ((Class<?>) key).getName() : key.toString();
    }

    private void bean(Object bean) {
        out.append('{');
        boolean isFirst = true;
        for (Map.Entry<String, Properties.Reader> property : Properties.of(bean.getClass()).readers.entrySet()) {
            Object value = property.getValue().read(bean);
            if (value != null) {
                isFirst = member(isFirst, property.getKey(), value);
            }
        }
        out.append('}');
    }

    private boolean member(boolean isFirst, String name, Object value) {
        if (!isFirst) {
            out.append(',');
        }
        string(name);
        out.append(':');
        write(value);
        return false;
    }

    private void array(Iterator<?> items) {
        out.append('[');
        while (items.hasNext()) {
            write(items.next());
            if (items.hasNext()) {
                out.append(',');
            }
        }
        out.append(']');
    }

    private void array(Object array) {
        out.append('[');
        for (int index = 0; index < Array.getLength(array); index++) {
            if (index > 0) {
                out.append(',');
            }
            write(Array.get(array, index));
        }
        out.append(']');
    }

    private void string(String string) {
        out.append('"');
        for (int index = 0; index < string.length(); index++) {
            char next = string.charAt(index);
            int simple = "\"\\\b\f\n\r\t".indexOf(next);
            if (simple >= 0) {
                out.append('\\').append("\"\\bfnrt".charAt(simple));
            } else if (next < ' ' || isUnpaired(string, index)) {
                escape(next);
            } else {
                out.append(next);
            }
        }
        out.append('"');
    }

    /** Half of a character, which UTF-8 cannot say. */
    private static boolean isUnpaired(String string, int index) {
        char half = string.charAt(index);
        return Character.isSurrogate(half) && string.codePointAt(index) == half
                && string.codePointBefore(index + 1) == half;
    }

    private void escape(char character) {
        out.append("\\u").append(HEX[character >> 12]).append(HEX[character >> 8 & 15])
                .append(HEX[character >> 4 & 15]).append(HEX[character & 15]);
    }
}
