package mayfly.lambda;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where a function's words go: prints, and records of its logger.
 *
 * <p>When the platform names a descriptor, each record is written there as one frame: type, length, time, text. So a
 * record may span lines.
 */
final class Output {
    private static final int FRAME = 0xa55a0002;
    private static final int TEXT = 1;
    private static final int HEAD_BYTES = 16;
    private static final List<String> LEVELS =
            Arrays.asList("UNDEFINED", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");

    /** A level that AWS has not: no record, but where the init ends. */
    private static final int END_OF_INIT = 7;

    private final boolean isFramed;
    private final OutputStream sink;
    private boolean isJson;
    private int lowest;
    private volatile String requestId;
    private volatile String tenantId;

    /** The platform's descriptor for records may be null. */
    Output(String descriptor) throws IOException {
        isFramed = descriptor != null;
        OutputStream standard = new FileOutputStream(FileDescriptor.out);
        boolean isStandard = !isFramed || descriptor.equals("1");
        sink = isStandard ? standard : new FileOutputStream("/proc/self/fd/" + descriptor);
        // Nothing is kept back, and errors keep their place among the other lines.
        PrintStream prints = new PrintStream(standard, false, "UTF-8");
        System.setOut(prints);
        System.setErr(isStandard && isFramed ? prints : new PrintStream(
                new FileOutputStream(FileDescriptor.err), false, "UTF-8"));
    }

    /** Records are of the function's format from now on. */
    void follow(Settings settings) {
        isJson = settings.isJson;
        lowest = isJson && settings.logLevel != null ? level(settings.logLevel) : 0;
    }

    /** Records belong to this invocation from now on. */
    void enter(String requestId, String tenantId) {
        this.requestId = requestId;
        this.tenantId = tenantId;
    }

    /** What follows is the invocation's, although the platform has not begun it yet. */
    void endInit() {
        if (isFramed) {
            write(new byte[0], END_OF_INIT);
        }
    }

    /** All of it but the writing. */
    void rehearseEndOfInit() {
        frame(new byte[0], END_OF_INIT);
    }

    /** An error that ended an invocation, or the process. */
    void error(String text) {
        log(text, isJson ? "ERROR" : "UNDEFINED");
    }

    void log(String message, String levelName) {
        int level = level(levelName);
        if (isShown(level)) {
            write(isJson ? json(message, level) : text(message, level), level);
        }
    }

    /** Bytes are a record as they are. */
    void log(byte[] message, String levelName) {
        int level = level(levelName);
        if (isShown(level)) {
            write(message, level);
        }
    }

    private boolean isShown(int level) {
        return level == 0 || level >= lowest;
    }

    private static int level(String name) {
        return Math.max(0, LEVELS.indexOf(name.toUpperCase(Locale.ROOT)));
    }

    /** Apart, since Java's formatters take long to load, and text has none. */
    private static final class Timestamps {
        static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    }

    private static byte[] text(String message, int level) {
        String prefix = level == 0 ? "" : "[" + LEVELS.get(level) + "] ";
        return (prefix + message).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] json(String message, int level) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("timestamp", Timestamps.FORMAT.format(Instant.now()));
        record.put("level", LEVELS.get(level));
        record.put("message", message);
        record.put("AWSRequestId", requestId);
        record.put("tenantId", tenantId);
        return (JsonWriter.text(record) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private synchronized void write(byte[] record, int level) {
        try {
            sink.write(isFramed ? frame(record, level) : record);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    private byte[] frame(byte[] record, int level) {
        Instant now = Instant.now();
        return ByteBuffer.allocate(HEAD_BYTES + record.length)
                .putInt(FRAME | level << 2 | (isJson ? 0 : TEXT))
                .putInt(record.length)
                .putLong(now.getEpochSecond() * 1_000_000 + now.getNano() / 1000)
                .put(record)
                .array();
    }
}
