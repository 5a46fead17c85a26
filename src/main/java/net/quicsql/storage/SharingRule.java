package net.quicsql.storage;

import java.util.regex.Pattern;

/**
 * Whether a schema lets the writes of different clients share a transaction. It does not where it can make a statement end
 * the transaction or keep half of its work ({@code ON CONFLICT ROLLBACK}, {@code RAISE(FAIL)}, …), or put a check off to
 * the COMMIT ({@code DEFERRABLE INITIALLY DEFERRED}), which would fail for all because of one. One thread at a time.
 */
final class SharingRule {
    /** Words that SQLite knows in no harmless place but names and comments, where they cost speed only. */
    private static final Pattern WORDS = Pattern.compile("\\b(?:ROLLBACK|FAIL|DEFERRED)\\b", Pattern.CASE_INSENSITIVE);

    private static final String TEXTS = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL";
    private static final long NEVER = -1;

    private long version = NEVER;
    private boolean allowed;

    /** The answer for the schema as the connection sees it now; to be asked within the transaction that is to be shared. */
    boolean allows(EngineConnection connection) {
        long current = connection.schemaVersion();
        if (current != version) {
            allowed = connection.texts(TEXTS).stream()
                    .noneMatch(text -> WORDS.matcher(text).find());
            version = current;
        }
        return allowed;
    }
}
