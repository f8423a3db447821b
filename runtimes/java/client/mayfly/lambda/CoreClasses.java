package mayfly.lambda;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.util.HashMap;
import java.util.Map;

/**
 * This client's implementations of aws-lambda-java-core's types, for the core that the function brings.
 *
 * <p>They are compiled against the client's own core, and defined anew on top of the function's code: whichever version
 * the function brings is the one that it sees. What a later version adds to these interfaces has a default there.
 */
final class CoreClasses extends ClassLoader {
    private static final String PACKAGE = CoreClasses.class.getPackage().getName() + ".core.";
    /** What the files hold, by the names of the classes. */
    private static final Map<String, byte[]> FILES = new HashMap<>();
    private static final int BUFFER_BYTES = 4096;

    private final Map<String, Constructor<?>> constructors = new HashMap<>();

    CoreClasses(ClassLoader code) {
        super(code);
    }

    /** Makes one of them, whose constructor takes the argument as this type. */
    Object make(String name, Class<?> type, Object argument) {
        try {
            Constructor<?> constructor = constructors.get(name);
            if (constructor == null) {
                byte[] file = file(name);
                constructor = defineClass(PACKAGE + name, file, 0, file.length).getConstructor(type);
                constructors.put(name, constructor);
            }
            return constructor.newInstance(argument);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static synchronized byte[] file(String name) {
        return FILES.computeIfAbsent(name, CoreClasses::read);
    }

    private static byte[] read(String name) {
        try (InputStream file = CoreClasses.class.getResourceAsStream("core/" + name + ".class")) {
            if (file == null) {
                throw new FileNotFoundException(name);
            }
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = file.read(buffer); count >= 0; count = file.read(buffer)) {
                content.write(buffer, 0, count);
            }
            return content.toByteArray();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
