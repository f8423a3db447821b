package stage;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import java.util.stream.Collectors;

/** A handler of the interface, for the rehearsal; it does what handlers commonly do. */
public class Hello implements RequestHandler<Map<String, Object>, Object> {
    @Override
    public Object handleRequest(Map<String, Object> event, Context context) {
        String names = event.keySet().stream().map(String::toUpperCase).collect(Collectors.joining(","));
        return String.format("%s has %d names: %s", context.getAwsRequestId(), event.size(), names);
    }
}
