package mayfly.lambda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the function is: its variables and its folder.
 *
 * <p>A process may be started before there is a function for it. It then has no handler's name, and waits for the
 * function's variables; from there on it is as any other.
 *
 * <p>Java reads the variables when it is first asked for one, and never again. So nothing here asks Java before they are
 * the function's; they are changed where C keeps them.
 */
final class Place {
    private static final String STARTED_WITH = "/proc/self/environ";

    private Place() {}

    /** The variables that the process was started with. */
    static Map<String, String> variables() throws IOException {
        Map<String, String> variables = new HashMap<>();
        String block = new String(Files.readAllBytes(Paths.get(STARTED_WITH)), StandardCharsets.UTF_8);
        for (String variable : block.split("\0")) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    static boolean isKnown(Map<String, String> variables) {
        return variables.containsKey("_HANDLER");
    }

    /** Becomes the process that these variables would have started. What was there before, every function has. */
    static void take(Map<String, String> variables) throws IOException {
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            check(set(text(variable.getKey()), text(variable.getValue())));
        }
    }

    /** Nobody else's business. */
    static void hide(String variable) throws IOException {
        check(unset(text(variable)));
    }

    /** Goes to the function's code. The folder that is there now is not the one that was there before. */
    static void enter(String folder) throws IOException {
        check(enter(text(folder)));
    }

    private static void check(int errno) throws IOException {
        if (errno != 0) {
            throw new IOException("the process cannot be changed: error " + errno);
        }
    }

    private static byte[] text(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    // In native/place.rs.

    private static native int set(byte[] name, byte[] value);

    private static native int unset(byte[] name);

    private static native int enter(byte[] folder);
}
