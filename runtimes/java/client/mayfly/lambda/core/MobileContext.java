package mayfly.lambda.core;

import com.amazonaws.services.lambda.runtime.Client;
import com.amazonaws.services.lambda.runtime.ClientContext;
import java.util.Map;

/** What a mobile client says of itself. */
public final class MobileContext implements ClientContext {
    private final Map<String, Object> values;

    public MobileContext(Map<String, Object> values) {
        this.values = values;
    }

    @Override
    public Client getClient() {
        return (Client) values.get("client");
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, String> getCustom() {
        return (Map<String, String>) values.get("custom");
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, String> getEnvironment() {
        return (Map<String, String>) values.get("env");
    }
}
