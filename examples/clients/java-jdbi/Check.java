import java.util.Objects;

/** Compares what came with what should have come, and counts. */
final class Check {
    private static int passed;

    private Check() {}

    static void equal(String what, Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            System.err.println("FAILED " + what + ": expected " + shown(expected) + ", found " + shown(found));
            System.exit(1);
        }
        passed++;
    }

    static void that(String what, boolean holds) {
        equal(what, true, holds);
    }

    /** Checks that an attempt fails, and that the driver's exception behind Jdbi's is of this name. */
    static void fails(String what, String cause, Runnable attempt) {
        try {
            attempt.run();
        } catch (RuntimeException e) {
            equal(what, cause, e.getCause().getClass().getSimpleName());
            return;
        }
        equal(what, cause, "success");
    }

    /** The text of the driver's exception behind Jdbi's. */
    static String message(String what, Runnable attempt) {
        try {
            attempt.run();
        } catch (RuntimeException e) {
            return e.getCause().getMessage();
        }
        equal(what, "an exception", "success");
        throw new IllegalStateException();
    }

    static int passed() {
        return passed;
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 200 ? "'" + text + "'" : "'" + text.substring(0, 200) + "…' (" + text.length() + ")";
    }
}
