import java.util.Collections;
import java.util.Map;

/** Compiled beside this with `javac --release 8`, so that nobody needs a compiler. */
public final class Hello {
    public Map<String, String> handler(Map<String, String> event) {
        String name = event.getOrDefault("name", "world");
        System.out.println("greeting " + name);
        return Collections.singletonMap("message", "Hello " + name + " from Java " + System.getProperty("java.version"));
    }
}
