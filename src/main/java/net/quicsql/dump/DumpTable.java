package net.quicsql.dump;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table of the schema, and how it is written. Immutable.
 *
 * @param id its row in {@code sqlite_schema}
 */
record DumpTable(long id, String name, Form form) {
    /** An FTS5 table that keeps nothing of what it was given. */
    private static final Pattern CONTENTLESS = Pattern.compile("(?is).*\\bcontent\\s*=\\s*(''|\"\"|``|\\[\\]).*");

    private static final Set<String> FTS5 = Set.of("data", "idx", "config");
    private static final String FTS5_CONTENT = "content";
    private static final Set<String> RTREE = Set.of("node", "parent", "rowid");

    /** How a table is written. */
    enum Form {
        /** Its own CREATE, and its rows. */
        PLAIN,
        /** CREATE VIRTUAL TABLE, and the rows that it shows: restored by any server, with an index made anew. */
        VIRTUAL_ROWS,
        /** An FTS5 table as {@link #VIRTUAL_ROWS}, which has settings besides, and a rowid beside its columns. */
        FTS5_ROWS,
        /** An FTS5 table over another one, to be filled from there. */
        FTS5_REBUILT,
        /** As sqlite3 does it: a row of the schema, and the tables behind it as plain ones. */
        SCHEMA_ROW,
        /** Stands behind a virtual table that writes it by itself. */
        MADE_BY_VIRTUAL
    }

    /**
     * How a virtual table is written.
     *
     * @param shadows the tables behind it, by what follows its name and an underscore in theirs
     */
    static Form virtualForm(String sql, Set<String> shadows) {
        if (shadows.containsAll(FTS5)) {
            if (CONTENTLESS.matcher(sql).matches()) {
                return Form.SCHEMA_ROW;
            }
            return shadows.contains(FTS5_CONTENT) ? Form.FTS5_ROWS : Form.FTS5_REBUILT;
        }
        return shadows.containsAll(RTREE) ? Form.VIRTUAL_ROWS : Form.SCHEMA_ROW;
    }
}
