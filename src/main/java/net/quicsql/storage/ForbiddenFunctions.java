package net.quicsql.storage;

import java.sql.SQLException;
import java.util.List;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;

/**
 * Functions that the driver adds to SQLite and strangers must not call: some reckon how much memory they need in 32 bits and
 * write far beyond it, which ends the process; some run for days on values of the largest size, in one call that nothing
 * interrupts. On a connection they are replaced by ones that fail. Stateless.
 */
final class ForbiddenFunctions {
    /** Together with the encoding that the driver asks for: all of them, or SQLite would prefer its own function. */
    private static final int EVERY_ENCODING = 1;

    private static final List<Signature> SIGNATURES = List.of(
            new Signature("replicate", 2),
            new Signature("padl", 2),
            new Signature("padr", 2),
            new Signature("padc", 2),
            new Signature("rightstr", 2),
            new Signature("strfilter", 2),
            new Signature("charindex", 2),
            new Signature("charindex", 3));

    private record Signature(String name, int arguments) {}

    private ForbiddenFunctions() {}

    static void replaceOn(SQLiteConnection connection) throws SQLException {
        for (Signature signature : SIGNATURES) {
            Function.create(
                    connection, signature.name(), new Refusal(signature.name()), signature.arguments(), EVERY_ENCODING);
        }
    }

    /** Belongs to one connection and the thread that uses it. */
    private static final class Refusal extends Function {
        private final String name;

        Refusal(String name) {
            this.name = name;
        }

        @Override
        protected void xFunc() throws SQLException {
            error("not authorized: " + name + "() is not allowed");
        }
    }
}
