package mayfly.lambda;

import java.io.IOError;
import java.io.IOException;
import java.net.URLClassLoader;

/** The life of the runtime process: load the handler, then one event after the other. */
final class Loop {
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";
    private static final int EXIT_INIT = 1;

    private final Settings settings;
    private final Output output;
    private final RuntimeApi api;

    Loop(Settings settings, Output output, RuntimeApi api) {
        this.settings = settings;
        this.output = output;
        this.api = api;
    }

    void run() throws IOException {
        Handler handler = open(code());
        boolean isHealthy = true;
        while (isHealthy) {
            Event event = api.next();
            if (event.cameAhead()) {
                output.endInit();
            }
            isHealthy = serve(handler, event);
        }
    }

    /** Loads the handler for one event, which nobody sent. */
    void once(Event event) throws IOException {
        try (URLClassLoader code = code()) {
            serve(open(code), event);
        }
    }

    private URLClassLoader code() {
        return FunctionCode.loader(settings.taskRoot, settings.runtimeFolder);
    }

    private Handler open(ClassLoader code) throws IOException {
        Thread.currentThread().setContextClassLoader(code);
        Contexts contexts = new Contexts(settings, output, code);
        contexts.shareLogger();
        return load(new HandlerLoader(code, contexts));
    }

    private Handler load(HandlerLoader loader) throws IOException {
        try {
            return loader.load(settings.handler);
        } catch (BadCode fault) {
            if (!fault.isFatal) {
                return event -> {
                    throw fault;
                };
            }
            Failure failure = Failure.badCode(fault);
            output.error(failure.text());
            api.failInit(failure);
            System.exit(EXIT_INIT);
            throw fault;
        }
    }

    /** False when the process cannot be trusted any more. */
    private boolean serve(Handler handler, Event event) throws IOException {
        output.enter(event.requestId(), event.header("aws-tenant-id"));
        setTraceId(event.header("trace-id"));
        byte[] response;
        try {
            response = handler.handle(event);
        } catch (BadCode fault) {
            report(event, Failure.badCode(fault));
            return !fault.isFatal;
        } catch (Throwable error) {
            report(event, Failure.thrown(error));
            return !(error instanceof VirtualMachineError || error instanceof IOError);
        }
        api.respond(event.requestId(), response);
        return true;
    }

    private void report(Event event, Failure failure) throws IOException {
        // The record must be in the log before the platform takes the invocation for finished.
        output.error(failure.text());
        api.fail(event.requestId(), failure);
    }

    private static void setTraceId(String traceId) {
        if (traceId == null) {
            System.clearProperty(TRACE_PROPERTY);
        } else {
            System.setProperty(TRACE_PROPERTY, traceId);
        }
    }
}
