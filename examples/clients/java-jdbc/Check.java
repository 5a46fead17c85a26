import java.sql.SQLException;
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

    /** Something that must fail. */
    interface Attempt {
        void run() throws SQLException;
    }

    /** The exception that an attempt ends with. */
    static SQLException fails(String what, Attempt attempt) {
        try {
            attempt.run();
        } catch (SQLException e) {
            passed++;
            return e;
        }
        equal(what, "an SQLException", "success");
        throw new IllegalStateException();
    }

    /** Checks that an attempt fails with exactly this text. */
    static void failsWith(String what, String message, Attempt attempt) {
        equal(what, message, fails(what, attempt).getMessage());
    }

    /** Checks that the driver says it has no such thing. */
    static void unsupported(String what, Attempt attempt) {
        equal(
                what,
                "SQLFeatureNotSupportedException",
                fails(what, attempt).getClass().getSimpleName());
    }

    static int passed() {
        return passed;
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 200 ? "'" + text + "'" : "'" + text.substring(0, 200) + "…' (" + text.length() + ")";
    }
}
