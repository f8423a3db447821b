package com.amazonaws.services.lambda.runtime.logging;

/** Formats of log records. */
public enum LogFormat {
    JSON,
    TEXT;

    /** TEXT for what is no format. */
    public static LogFormat fromString(String text) {
        return JSON.name().equalsIgnoreCase(text) ? JSON : TEXT;
    }
}
