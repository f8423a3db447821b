package mayfly.lambda;

import java.util.Map;

/** One invocation as {@code next} gives it. Header names are in lower case; what was not sent is null. */
final class Event {
    private final Map<String, String> headers;
    final byte[] body;

    Event(Map<String, String> headers, byte[] body) {
        this.headers = headers;
        this.body = body;
    }

    String header(String name) {
        return headers.get("lambda-runtime-" + name);
    }

    /** An event that was there before it was asked for says how long it may take, from now. */
    long deadlineMs() {
        if (cameAhead()) {
            return System.currentTimeMillis() + Long.parseLong(header("mayfly-timeout-ms"));
        }
        return Long.parseLong(header("deadline-ms"));
    }

    boolean cameAhead() {
        return header("mayfly-timeout-ms") != null;
    }

    String requestId() {
        return header("aws-request-id");
    }
}
