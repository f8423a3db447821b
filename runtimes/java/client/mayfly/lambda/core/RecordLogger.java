package mayfly.lambda.core;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.util.function.BiConsumer;

/** Gives records and the names of their levels to the client. */
public final class RecordLogger implements LambdaLogger {
    private static final String NO_LEVEL = "UNDEFINED";

    private final BiConsumer<Object, String> records;

    public RecordLogger(BiConsumer<Object, String> records) {
        this.records = records;
    }

    @Override
    public void log(String message) {
        records.accept(message, NO_LEVEL);
    }

    @Override
    public void log(byte[] message) {
        records.accept(message, NO_LEVEL);
    }

    @Override
    public void log(String message, LogLevel level) {
        records.accept(message, String.valueOf(level));
    }

    @Override
    public void log(byte[] message, LogLevel level) {
        records.accept(message, String.valueOf(level));
    }
}
