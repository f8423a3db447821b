package com.amazonaws.services.lambda.runtime;

/** Whether a library takes the standard output for itself. */
public final class LambdaRuntimeInternal {
    private static boolean useLog4jAppender;

    private LambdaRuntimeInternal() {}

    public static void setUseLog4jAppender(boolean isUsed) {
        useLog4jAppender = isUsed;
    }

    public static boolean getUseLog4jAppender() {
        return useLog4jAppender;
    }
}
