package mayfly.lambda.core;

import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import java.util.Map;

/** Who a mobile client is, in the platform's names. */
public final class MobileIdentity implements CognitoIdentity {
    private final Map<String, Object> values;

    public MobileIdentity(Map<String, Object> values) {
        this.values = values;
    }

    @Override
    public String getIdentityId() {
        return (String) values.get("cognitoIdentityId");
    }

    @Override
    public String getIdentityPoolId() {
        return (String) values.get("cognitoIdentityPoolId");
    }
}
