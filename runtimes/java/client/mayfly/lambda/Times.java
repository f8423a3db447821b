package mayfly.lambda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.List;

/**
 * Times as AWS's serializer reads and writes them: dates are milliseconds, moments and durations of java.time are seconds
 * with a fraction, and what has no zone is a list of its parts. Texts are understood, too.
 */
final class Times {
    private static final ChronoField[] PARTS = {
        ChronoField.YEAR, ChronoField.MONTH_OF_YEAR, ChronoField.DAY_OF_MONTH, ChronoField.HOUR_OF_DAY,
        ChronoField.MINUTE_OF_HOUR, ChronoField.SECOND_OF_MINUTE, ChronoField.NANO_OF_SECOND,
    };
    private static final int NANO_DIGITS = 9;

    private Times() {}

    static Object read(String text, Class<?> type) {
        switch (type.getName()) {
            case "java.util.Date":
                return date(text);
            case "java.util.Calendar":
                Calendar calendar = Calendar.getInstance();
                calendar.setTime(date(text));
                return calendar;
            case "java.time.Instant":
                return moment(text);
            case "java.time.OffsetDateTime":
                return moment(text).atOffset(ZoneOffset.UTC);
            case "java.time.ZonedDateTime":
                return moment(text).atZone(ZoneOffset.UTC);
            case "java.time.Duration":
                return isNumber(text) ? seconds(text) : Duration.parse(text);
            case "java.time.LocalDate":
                return isNumber(text)
                        ? LocalDate.ofEpochDay(Long.parseLong(text))
                        : LocalDate.parse(text.replaceFirst("T.*", ""));
            case "java.time.LocalDateTime":
                return LocalDateTime.parse(text.replaceFirst("Z$", ""));
            case "java.time.LocalTime":
                return LocalTime.parse(text.replaceFirst(".*T", ""));
            case "java.time.ZoneId":
                return ZoneId.of(text);
            case "java.time.ZoneOffset":
                return ZoneOffset.of(text);
            default:
                return parsed(text, type);
        }
    }

    /** As {@link #json} writes them. */
    static Object ofParts(List<?> parts, Class<?> type) {
        Class<?>[] types = new Class<?>[parts.size()];
        Arrays.fill(types, int.class);
        return make(type, "of", types, parts.toArray());
    }

    /** What is written of a time: a number, a text, or a list of those. */
    static Object json(Object time) {
        if (time instanceof Date) {
            return ((Date) time).getTime();
        }
        if (time instanceof Calendar) {
            return ((Calendar) time).getTimeInMillis();
        }
        switch (time.getClass().getSimpleName()) {
            case "Instant":
                return moment((Instant) time);
            case "OffsetDateTime":
                return json(((OffsetDateTime) time).toInstant());
            case "ZonedDateTime":
                return json(((ZonedDateTime) time).toInstant());
            case "Duration":
                return seconds(((Duration) time).getSeconds(), ((Duration) time).getNano());
            case "Year":
                return ((Year) time).getValue();
            case "LocalDate":
            case "LocalTime":
            case "LocalDateTime":
            case "YearMonth":
            case "OffsetTime":
                return parts((TemporalAccessor) time);
            default:
                return time.toString();
        }
    }

    private static boolean isNumber(String text) {
        return text.matches("[-+]?[\\d.]+([eE][-+]?\\d+)?");
    }

    private static Date date(String text) {
        return text.matches("-?\\d+") ? new Date(Long.parseLong(text)) : Date.from(instant(text));
    }

    private static Instant moment(String text) {
        return isNumber(text) ? Instant.EPOCH.plus(seconds(text)) : instant(text);
    }

    /** A time without a zone is UTC's. */
    private static Instant instant(String text) {
        if (text.matches("\\d{4}-\\d\\d-\\d\\d")) {
            return Instant.parse(text + "T00:00:00Z");
        }
        boolean isLocal = text.matches(".*T[\\d:.]+");
        String zoned = isLocal ? text + "Z" : text.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2");
        return ZonedDateTime.parse(zoned).toInstant();
    }

    /** As in AWS's serializer, whole seconds below zero are followed by what is added to them. */
    private static Duration seconds(String text) {
        BigDecimal[] parts = Scalars.decimal(text).divideAndRemainder(BigDecimal.ONE);
        long nanos = parts[1].movePointRight(NANO_DIGITS).longValue();
        return Duration.ofSeconds(parts[0].longValueExact(), parts[0].signum() < 0 ? Math.abs(nanos) : nanos);
    }

    /** As {@link #seconds(String)} reads it: a second and a half before 1970 is -2.5. */
    private static BigDecimal moment(Instant moment) {
        long whole = moment.getEpochSecond();
        return seconds(whole, whole < 0 ? -moment.getNano() : moment.getNano());
    }

    private static BigDecimal seconds(long whole, int nanos) {
        if (whole == 0 && nanos == 0) {
            // AWS's serializer writes it so, and with nine digits it would be 0E-9.
            return new BigDecimal("0.0");
        }
        return BigDecimal.valueOf(whole).add(BigDecimal.valueOf(nanos, NANO_DIGITS));
    }

    /** Seconds and nanoseconds that are zero are left out at the end. */
    private static List<Object> parts(TemporalAccessor time) {
        List<Object> parts = new ArrayList<>();
        for (ChronoField part : PARTS) {
            if (time.isSupported(part)) {
                parts.add(time.get(part));
            }
        }
        int least = time.isSupported(ChronoField.NANO_OF_SECOND) ? parts.size() - 2 : parts.size();
        while (parts.size() > least && parts.get(parts.size() - 1).equals(0)) {
            parts.remove(parts.size() - 1);
        }
        if (time instanceof OffsetTime) {
            parts.add(((OffsetTime) time).getOffset());
        }
        return parts;
    }

    /** The types of java.time, and Joda's, read their own text. */
    private static Object parsed(String text, Class<?> type) {
        boolean isJava = type.getName().startsWith("java.");
        return make(type, "parse", new Class<?>[] {isJava ? CharSequence.class : String.class}, text);
    }

    private static Object make(Class<?> type, String method, Class<?>[] types, Object... values) {
        try {
            Method maker = type.getMethod(method, types);
            return maker.invoke(null, values);
        } catch (InvocationTargetException malformed) {
            throw new IllegalArgumentException(malformed.getCause());
        } catch (ReflectiveOperationException unknown) {
            throw new IllegalArgumentException(unknown);
        }
    }
}
