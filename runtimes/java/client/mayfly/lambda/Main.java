package mayfly.lambda;

/** Starts the Java runtime client: finds the handler, then serves one event after the other. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.of(System.getenv());
        Output output = new Output(settings);
        new Loop(settings, output, new RuntimeApi(settings)).run();
    }
}
