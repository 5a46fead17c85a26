package net.quicsql.sql;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import net.quicsql.sql.PragmaDecision.Action;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of each PRAGMA: what is not named here is refused. SQLite acts on a PRAGMA while it prepares it, so
 * this is asked before a text that begins with PRAGMA or EXPLAIN PRAGMA reaches the driver, to run or to describe. Pure
 * data, thread-safe.
 *
 * <p>Setters that clients and their frameworks send when they connect answer without error although they have no effect:
 * the server has settled these matters, and an error would stop the client.
 */
public final class PragmaPolicy {

    /** Their value says what to look at. */
    private static final Set<String> LOOKUPS = Set.of(
            "foreign_key_check",
            "foreign_key_list",
            "index_info",
            "index_list",
            "index_xinfo",
            "integrity_check",
            "quick_check",
            "table_info",
            "table_list",
            "table_xinfo");

    /** They take no value: with one, most of them are setters. */
    private static final Set<String> GETTERS = Set.of(
            "analysis_limit",
            "application_id",
            "auto_vacuum",
            "automatic_index",
            "busy_timeout",
            "cache_size",
            "cache_spill",
            "cell_size_check",
            "collation_list",
            "compile_options",
            "data_version",
            "database_list",
            "defer_foreign_keys",
            "encoding",
            "foreign_keys",
            "freelist_count",
            "function_list",
            "hard_heap_limit",
            "ignore_check_constraints",
            "journal_mode",
            "journal_size_limit",
            "legacy_alter_table",
            "locking_mode",
            "max_page_count",
            "mmap_size",
            "module_list",
            "page_count",
            "page_size",
            "pragma_list",
            "query_only",
            "read_uncommitted",
            "recursive_triggers",
            "reverse_unordered_selects",
            "schema_version",
            "secure_delete",
            "soft_heap_limit",
            "synchronous",
            "temp_store",
            "threads",
            "trusted_schema",
            "user_version",
            "wal_autocheckpoint",
            "writable_schema");

    private static final String FUNCTION_PREFIX = "pragma_";

    private PragmaPolicy() {}

    /**
     * @param call the pragma; null for one that {@link SqlStatement#pragma()} could not take apart, which is refused
     *     because SQLite acts on some of those before it reports the error
     */
    public static PragmaDecision decide(@Nullable PragmaCall call) {
        if (call == null) {
            return PragmaDecision.refused("malformed PRAGMA");
        }
        String schema = call.schema();
        if (schema != null && !schema.equals("main") && !schema.equals("temp")) {
            return PragmaDecision.refused("PRAGMA names an unknown database");
        }
        String argument = call.argument();
        if (LOOKUPS.contains(call.name()) || (argument == null && GETTERS.contains(call.name()))) {
            return PragmaDecision.of(Action.READ);
        }
        return argument == null ? refused(call) : setter(call, argument);
    }

    /** Whether a table-valued function may be used, by its whole name: {@code pragma_table_info}. */
    public static boolean pragmaFunctionAllowed(String name) {
        requireNonNull(name, "name is null");
        String folded = Ascii.toLower(name);
        if (!folded.startsWith(FUNCTION_PREFIX)) {
            return false;
        }
        String pragma = folded.substring(FUNCTION_PREFIX.length());
        return LOOKUPS.contains(pragma) || GETTERS.contains(pragma);
    }

    private static PragmaDecision setter(PragmaCall call, String argument) {
        return switch (call.name()) {
            case "foreign_keys" -> switched(Action.SESSION_FOREIGN_KEYS, call, argument);
            case "defer_foreign_keys" -> switched(Action.DEFER_FOREIGN_KEYS, call, argument);
            case "user_version", "application_id" ->
                "temp".equals(call.schema())
                        ? PragmaDecision.refused("PRAGMA " + call.name() + " can only be set in the main database")
                        : PragmaDecision.of(Action.WRITE);
            case "synchronous", "cache_size", "temp_store", "read_uncommitted", "cache_spill", "automatic_index" ->
                PragmaDecision.of(Action.IGNORED_SETTER);
            case "busy_timeout" ->
                PragmaDecision.answering("timeout", Math.max(0, integer(argument, Integer.MAX_VALUE)));
            case "journal_size_limit" -> PragmaDecision.answering(call.name(), integer(argument, Long.MAX_VALUE));
            // The server maps nothing and sorts in the calling thread, so 0 is what SQLite would answer.
            case "mmap_size", "threads" -> PragmaDecision.answering(call.name(), 0L);
            case "journal_mode" ->
                Ascii.equal(argument, "wal")
                        ? PragmaDecision.answering("journal_mode", "wal")
                        : PragmaDecision.refused("the server alone chooses the journal mode");
            case "encoding" -> ignoredWhen(Ascii.equal(argument, "utf-8") || Ascii.equal(argument, "utf8"), call);
            case "cell_size_check" -> ignoredWhen(Boolean.TRUE.equals(truth(argument)), call);
            case "legacy_alter_table", "trusted_schema" -> ignoredWhen(Boolean.FALSE.equals(truth(argument)), call);
            default -> refused(call);
        };
    }

    private static PragmaDecision switched(Action action, PragmaCall call, String argument) {
        Boolean enabled = truth(argument);
        return enabled == null
                ? PragmaDecision.refused("PRAGMA " + call.name() + " takes ON or OFF")
                : PragmaDecision.setting(action, enabled);
    }

    /** A setter that asks for what is so anyway. */
    private static PragmaDecision ignoredWhen(boolean alreadySo, PragmaCall call) {
        return alreadySo ? PragmaDecision.of(Action.IGNORED_SETTER) : refused(call);
    }

    private static PragmaDecision refused(PragmaCall call) {
        if (call.argument() != null && GETTERS.contains(call.name())) {
            return PragmaDecision.refused("PRAGMA " + call.name() + " can not be set to this value here");
        }
        return PragmaDecision.refused("this PRAGMA is not allowed here");
    }

    /** SQLite's words for a truth value; it takes any other word for "off", which we would rather refuse. */
    private static @Nullable Boolean truth(String argument) {
        return switch (Ascii.toLower(argument)) {
            case "on", "yes", "true", "1" -> true;
            case "off", "no", "false", "0" -> false;
            default -> null;
        };
    }

    /** The whole number that a value is, in decimal or as 0x; 0 for anything else, as SQLite takes it. */
    private static long integer(String argument, long largest) {
        boolean hexadecimal = Ascii.toLower(argument).startsWith("0x");
        try {
            long value = hexadecimal ? Long.parseLong(argument.substring(2), 16) : Long.parseLong(argument);
            return Math.abs(value) > largest ? 0 : value;
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}
