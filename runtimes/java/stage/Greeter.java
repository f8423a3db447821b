package stage;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Methods as handlers, for the rehearsal. */
public class Greeter {
    /** What an event and a response are made of. */
    public static class Bean {
        public List<Object> tags;
        private String name;
        private int count;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    public Bean greet(Bean bean) {
        return bean;
    }

    public static void copy(InputStream in, OutputStream out, Context context) throws IOException {
        for (int next = in.read(); next >= 0; next = in.read()) {
            out.write(next);
        }
    }
}
