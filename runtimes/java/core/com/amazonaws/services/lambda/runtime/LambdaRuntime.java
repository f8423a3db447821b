package com.amazonaws.services.lambda.runtime;

/** Where libraries find the function's log. The runtime client sets the field. */
public final class LambdaRuntime {
    private static volatile LambdaLogger logger;

    private LambdaRuntime() {}

    public static LambdaLogger getLogger() {
        return logger;
    }
}
