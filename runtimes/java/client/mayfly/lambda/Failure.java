package mayfly.lambda;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a function is told to have done wrong: the error document, and the record in its log. */
final class Failure {
    private static final String CLIENT = Failure.class.getPackage().getName() + ".";

    private final String message;
    private final String type;
    private final Throwable error;
    private final String reportedType;

    private Failure(String message, String type, Throwable error, String reportedType) {
        this.message = message;
        this.type = type;
        this.error = error;
        this.reportedType = reportedType;
    }

    /** An error that the function threw. */
    static Failure thrown(Throwable error) {
        hideClient(error, Collections.newSetFromMap(new IdentityHashMap<>()));
        return new Failure(described(error), error.getClass().getName(), error, "Runtime.UserException");
    }

    /** An error in how the function is written, which has no stack of its own. */
    static Failure badCode(BadCode fault) {
        Throwable cause = fault.getCause();
        if (cause != null) {
            hideClient(cause, Collections.newSetFromMap(new IdentityHashMap<>()));
        }
        String type = cause == null ? null : cause.getClass().getName();
        return new Failure(fault.getMessage(), type, cause, "Runtime.BadFunctionCode");
    }

    /** For the platform's own records. */
    String reportedType() {
        return reportedType;
    }

    byte[] document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("errorMessage", message);
        document.put("errorType", type);
        if (error != null && "Runtime.UserException".equals(reportedType)) {
            document.put("stackTrace", frames(error));
        }
        return JsonWriter.bytes(document);
    }

    /** The record for the log. */
    String text() {
        if (error == null) {
            return message + "\n";
        }
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace, true));
        return message + ": " + type + "\n" + trace + "\n";
    }

    /** What an error without a message is told by. */
    static String described(Throwable error) {
        String message = error.getLocalizedMessage();
        return message == null ? error.getClass().getName() : message;
    }

    private static List<String> frames(Throwable error) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : error.getStackTrace()) {
            frames.add(frame.toString());
        }
        return frames;
    }

    /** Cuts every stack where this client begins. */
    private static void hideClient(Throwable error, Set<Throwable> seen) {
        if (error == null || !seen.add(error)) {
            return;
        }
        StackTraceElement[] frames = error.getStackTrace();
        for (int own = 0; own < frames.length; own++) {
            if (frames[own].getClassName().startsWith(CLIENT)) {
                int end = own;
                while (end > 0 && isReflection(frames[end - 1].getClassName())) {
                    end--;
                }
                error.setStackTrace(Arrays.copyOf(frames, end));
                break;
            }
        }
        hideClient(error.getCause(), seen);
        for (Throwable suppressed : error.getSuppressed()) {
            hideClient(suppressed, seen);
        }
    }

    private static boolean isReflection(String className) {
        return className.startsWith("java.lang.reflect.")
                || className.startsWith("jdk.internal.reflect.")
                || className.startsWith("sun.reflect.");
    }
}
