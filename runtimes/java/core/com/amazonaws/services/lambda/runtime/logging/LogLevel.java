package com.amazonaws.services.lambda.runtime.logging;

/** Levels of log records. */
public enum LogLevel {
    UNDEFINED,
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL;

    /** UNDEFINED for what is no level. */
    public static LogLevel fromString(String text) {
        for (LogLevel level : values()) {
            if (level.name().equalsIgnoreCase(text)) {
                return level;
            }
        }
        return UNDEFINED;
    }
}
