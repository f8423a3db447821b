package mayfly.lambda;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The Runtime API over one kept connection.
 *
 * <p>This is the warm path, so there is no HTTP library on it: the server sends every answer with a Content-Length and
 * header names that are known, which leaves little to parse.
 */
final class RuntimeApi {
    private static final String PREFIX = "/2018-06-01/runtime/";

    private final String host;
    private final SocketChannel channel;
    private final InputStream input;

    /** Where there is no socket, or Java knows none of its kind, the host is called. */
    RuntimeApi(String host, String socket) throws IOException {
        this.host = host;
        channel = connect(host, socket);
        input = new BufferedInputStream(Channels.newInputStream(channel), 65536);
    }

    /** Waits for the function that this process is to serve: those of its variables that are not here yet. */
    Map<String, String> settings() throws IOException {
        return variables(get("mayfly/settings", 1).body);
    }

    static Map<String, String> variables(byte[] document) {
        Map<String, String> variables = new HashMap<>();
        for (Map.Entry<?, ?> variable : ((Map<?, ?>) Json.parse(document)).entrySet()) {
            variables.put((String) variable.getKey(), (String) variable.getValue());
        }
        return variables;
    }

    /** The last byte of the settings comes when the function's code is there. */
    void awaitCode() throws IOException {
        read(1);
    }

    /** Waits for the next event, however long that takes. */
    Event next() throws IOException {
        Answer answer = get("invocation/next", 0);
        return new Event(answer.headers, answer.body);
    }

    private Answer get(String path, int heldBack) throws IOException {
        Answer answer = call("GET " + PREFIX + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", new byte[0], heldBack);
        if (answer.status != 200) {
            throw new IOException("the Runtime API answered " + answer.status + " to " + path);
        }
        return answer;
    }

    /** A response that is refused, because it is too large, is the platform's to report. */
    void respond(String requestId, byte[] body) throws IOException {
        post("invocation/" + requestId + "/response", body, "");
    }

    void fail(String requestId, Failure failure) throws IOException {
        post("invocation/" + requestId + "/error", failure.document(), errorHeader(failure));
    }

    void failInit(Failure failure) throws IOException {
        post("init/error", failure.document(), errorHeader(failure));
    }

    private static String errorHeader(Failure failure) {
        return "Lambda-Runtime-Function-Error-Type: " + failure.reportedType() + "\r\n";
    }

    private void post(String path, byte[] body, String headers) throws IOException {
        String head = "POST " + PREFIX + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\n"
                + headers + "Content-Length: " + body.length + "\r\n\r\n";
        call(head, body, 0);
    }

    /** So many bytes of the answer may come later. */
    private Answer call(String head, byte[] body, int heldBack) throws IOException {
        // A channel that an interrupted thread uses is closed. What interrupted this one was the function's, and is over.
        Thread.interrupted();
        ByteBuffer request = ByteBuffer.allocate(head.length() + body.length);
        request.put(head.getBytes(StandardCharsets.ISO_8859_1)).put(body).rewind();
        while (request.hasRemaining()) {
            channel.write(request);
        }
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(": ");
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
        }
        int length = Integer.parseInt(headers.get("content-length"));
        return new Answer(status, headers, read(length - heldBack));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("the Runtime API closed the connection");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return new String(line.toByteArray(), StandardCharsets.UTF_8);
    }

    private byte[] read(int length) throws IOException {
        byte[] body = new byte[length];
        int filled = 0;
        while (filled < length) {
            int count = input.read(body, filled, length - filled);
            if (count < 0) {
                throw new EOFException("the Runtime API closed the connection");
            }
            filled += count;
        }
        return body;
    }

    private static SocketChannel connect(String host, String socket) throws IOException {
        if (socket != null) {
            try {
                return connectUnix(socket);
            } catch (ReflectiveOperationException | IllegalArgumentException before16) {
                // Java before 16 knows no such sockets.
            }
        }
        int colon = host.lastIndexOf(':');
        int port = Integer.parseInt(host.substring(colon + 1));
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(host.substring(0, colon), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private static SocketChannel connectUnix(String path) throws IOException, ReflectiveOperationException {
        Object family = Class.forName("java.net.StandardProtocolFamily").getField("UNIX").get(null);
        Object address =
                Class.forName("java.net.UnixDomainSocketAddress").getMethod("of", String.class).invoke(null, path);
        SocketChannel channel;
        try {
            channel = (SocketChannel)
                    SocketChannel.class.getMethod("open", ProtocolFamily.class).invoke(null, family);
        } catch (InvocationTargetException refused) {
            throw new IOException(refused.getCause());
        }
        channel.connect((SocketAddress) address);
        return channel;
    }

    private static final class Answer {
        final int status;
        final Map<String, String> headers;
        final byte[] body;

        Answer(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }
    }
}
