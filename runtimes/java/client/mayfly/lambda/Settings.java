package mayfly.lambda;

import java.util.Map;

/** What the platform says of the function in the environment. */
final class Settings {
    final String handler;
    final String taskRoot;
    final String runtimeFolder;
    final String functionName;
    final String functionVersion;
    final String logGroup;
    final String logStream;
    final int memoryMib;
    final boolean isJson;
    final String logLevel;

    private Settings(Map<String, String> environment) {
        handler = environment.get("_HANDLER");
        taskRoot = environment.getOrDefault("LAMBDA_TASK_ROOT", "/var/task");
        runtimeFolder = environment.getOrDefault("LAMBDA_RUNTIME_DIR", "/var/runtime");
        functionName = environment.get("AWS_LAMBDA_FUNCTION_NAME");
        functionVersion = environment.get("AWS_LAMBDA_FUNCTION_VERSION");
        logGroup = environment.get("AWS_LAMBDA_LOG_GROUP_NAME");
        logStream = environment.get("AWS_LAMBDA_LOG_STREAM_NAME");
        memoryMib = Integer.parseInt(environment.getOrDefault("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"));
        isJson = "JSON".equalsIgnoreCase(environment.get("AWS_LAMBDA_LOG_FORMAT"));
        logLevel = environment.get("AWS_LAMBDA_LOG_LEVEL");
    }

    static Settings of(Map<String, String> environment) {
        return new Settings(environment);
    }
}
