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

    String requestId() {
        return header("aws-request-id");
    }
}
