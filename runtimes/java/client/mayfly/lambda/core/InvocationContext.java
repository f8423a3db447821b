package mayfly.lambda.core;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.util.Map;

/** What a handler may know of its invocation. */
public final class InvocationContext implements Context {
    private final Map<String, Object> values;

    public InvocationContext(Map<String, Object> values) {
        this.values = values;
    }

    @Override
    public String getAwsRequestId() {
        return (String) values.get("awsRequestId");
    }

    @Override
    public String getLogGroupName() {
        return (String) values.get("logGroupName");
    }

    @Override
    public String getLogStreamName() {
        return (String) values.get("logStreamName");
    }

    @Override
    public String getFunctionName() {
        return (String) values.get("functionName");
    }

    @Override
    public String getFunctionVersion() {
        return (String) values.get("functionVersion");
    }

    @Override
    public String getInvokedFunctionArn() {
        return (String) values.get("invokedFunctionArn");
    }

    @Override
    public CognitoIdentity getIdentity() {
        return (CognitoIdentity) values.get("identity");
    }

    @Override
    public ClientContext getClientContext() {
        return (ClientContext) values.get("clientContext");
    }

    @Override
    public int getRemainingTimeInMillis() {
        return (int) Math.max(0, (Long) values.get("deadlineMs") - System.currentTimeMillis());
    }

    @Override
    public int getMemoryLimitInMB() {
        return (Integer) values.get("memoryLimitInMB");
    }

    @Override
    public LambdaLogger getLogger() {
        return (LambdaLogger) values.get("logger");
    }

    @Override
    public String getTenantId() {
        return (String) values.get("tenantId");
    }

    @Override
    public String getXrayTraceId() {
        return (String) values.get("xrayTraceId");
    }
}
