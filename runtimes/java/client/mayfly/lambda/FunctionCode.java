package mayfly.lambda;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the function's classes come from: its package, the jars in its lib folder, those of its layers. Last comes the
 * runtime's own aws-lambda-java-core, for a function that relies on AWS having it.
 */
final class FunctionCode {
    private static final String LAYERS = "/opt/java/lib";
    private static final String CORE = "core.jar";

    private FunctionCode() {}

    /** Knows nothing of this client, so that a function may bring classes of any name. */
    static URLClassLoader loader(String taskRoot, String runtimeFolder) {
        List<URL> urls = new ArrayList<>();
        urls.add(url(new File(taskRoot + "/")));
        urls.addAll(jars(new File(taskRoot, "lib")));
        urls.addAll(jars(new File(LAYERS)));
        urls.add(url(new File(runtimeFolder, CORE)));
        return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getSystemClassLoader().getParent());
    }

    private static List<URL> jars(File folder) {
        File[] files = folder.listFiles((in, name) -> name.endsWith(".jar"));
        List<URL> urls = new ArrayList<>();
        if (files != null) {
            Arrays.sort(files);
            for (File file : files) {
                urls.add(url(file));
            }
        }
        return urls;
    }

    private static URL url(File file) {
        try {
            return file.toURI().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
