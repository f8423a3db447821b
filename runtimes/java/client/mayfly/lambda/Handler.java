package mayfly.lambda;

/** The function's handler: an event in, the bytes of a response out. */
interface Handler {
    byte[] handle(Event event) throws Throwable;
}
