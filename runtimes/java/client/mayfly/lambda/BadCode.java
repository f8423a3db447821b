package mayfly.lambda;

/** The function's code cannot be used as a handler. */
final class BadCode extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Nothing of the function can run: init has failed. Otherwise each invocation is told. */
    final boolean isFatal;

    private BadCode(String message, Throwable cause, boolean isFatal) {
        super(message, cause);
        this.isFatal = isFatal;
    }

    static BadCode told(String message) {
        return new BadCode(message, null, false);
    }

    static BadCode classNotFound(String className, Throwable cause) {
        return new BadCode("Class not found: " + className, cause, false);
    }

    static BadCode told(Throwable cause) {
        return new BadCode(Failure.described(cause), cause, false);
    }

    /** The function's own code threw while it was set up. */
    static BadCode fatal(Throwable cause) {
        return new BadCode(Failure.described(cause), cause, true);
    }

    static BadCode notLoaded(String className, Throwable cause, boolean isFatal) {
        String why = cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return new BadCode("Error loading class " + className + why, cause, isFatal);
    }
}
