package mayfly.lambda;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON into maps, lists, strings, numbers, booleans and null.
 *
 * <p>Whole numbers become the smallest of Integer, Long and BigInteger that holds them, others a {@link Decimal}.
 */
final class Json {
    private static final int DEPTH_MAX = 1000;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    static Object parse(byte[] utf8) {
        Json json = new Json(new String(utf8, StandardCharsets.UTF_8));
        Object value = json.value();
        if (json.peek() != 0) {
            throw json.unexpected();
        }
        return value;
    }

    /** The same for a type that says nothing of numbers: decimal ones are doubles. */
    @SuppressWarnings("unchecked")
    static Object untyped(Object json) {
        if (json instanceof Decimal) {
            return ((Decimal) json).value;
        }
        if (json instanceof Map) {
            for (Map.Entry<String, Object> member : ((Map<String, Object>) json).entrySet()) {
                member.setValue(untyped(member.getValue()));
            }
        } else if (json instanceof List) {
            List<Object> items = (List<Object>) json;
            for (int index = 0; index < items.size(); index++) {
                items.set(index, untyped(items.get(index)));
            }
        }
        return json;
    }

    private Object value() {
        char next = peek();
        switch (next) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    /** The next character that is no space; 0 at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private boolean take(char wanted) {
        boolean found = peek() == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            throw unexpected();
        }
    }

    private void enter() {
        if (++depth > DEPTH_MAX) {
            throw new IllegalArgumentException("JSON is nested deeper than " + DEPTH_MAX);
        }
    }

    private Map<String, Object> object() {
        expect('{');
        enter();
        Map<String, Object> object = new LinkedHashMap<>();
        if (!take('}')) {
            do {
                String name = string();
                expect(':');
                object.put(name, value());
            } while (take(','));
            expect('}');
        }
        depth--;
        return object;
    }

    private List<Object> array() {
        expect('[');
        enter();
        List<Object> array = new ArrayList<>();
        if (!take(']')) {
            do {
                array.add(value());
            } while (take(','));
            expect(']');
        }
        depth--;
        return array;
    }

    private String string() {
        expect('"');
        int end = at;
        while (end < text.length() && text.charAt(end) != '"' && text.charAt(end) != '\\') {
            end++;
        }
        if (end < text.length() && text.charAt(end) == '"') {
            String plain = text.substring(at, end);
            at = end + 1;
            return plain;
        }
        return escapedString();
    }

    private String escapedString() {
        StringBuilder string = new StringBuilder();
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next == '"') {
                return string.toString();
            }
            string.append(next == '\\' ? escape() : next);
        }
        throw unexpected();
    }

    private char escape() {
        char kind = at < text.length() ? text.charAt(at++) : 0;
        int simple = "\"\\/bfnrt".indexOf(kind);
        if (simple >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(simple);
        }
        if (kind != 'u' || at + 4 > text.length()) {
            throw unexpected();
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw unexpected();
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return number(text.substring(start, at));
        } catch (NumberFormatException malformed) {
            at = start;
            throw unexpected();
        }
    }

    static Object number(String text) {
        if (text.indexOf('.') >= 0 || text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
            return new Decimal(text);
        }
        BigInteger whole = new BigInteger(text);
        if (whole.bitLength() < Integer.SIZE) {
            return whole.intValue();
        }
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    private IllegalArgumentException unexpected() {
        String what = at < text.length() ? "'" + text.charAt(at) + "'" : "end";
        return new IllegalArgumentException("JSON has an unexpected " + what + " at character " + at);
    }

    /** A double that keeps how it was written, for the types that hold more of it. */
    private static final class Decimal extends Number {
        private static final long serialVersionUID = 1;

        private final String text;
        private final Double value;

        private Decimal(String text) {
            this.text = text;
            value = Double.valueOf(text);
        }

        @Override
        public int intValue() {
            return value.intValue();
        }

        @Override
        public long longValue() {
            return value.longValue();
        }

        @Override
        public float floatValue() {
            return value.floatValue();
        }

        @Override
        public double doubleValue() {
            return value;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
