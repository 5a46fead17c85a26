package net.quicsql.storage;

import net.quicsql.sql.RowDiscard;

/** Reads a freshly opened database's header and whole schema, which is where a foreign or damaged file shows. */
final class SchemaCheck {
    /** All columns, for damage may lie in any of them. */
    private static final String SCHEMA = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema";

    private SchemaCheck() {}

    /**
     * Reads every schema row and has SQLite parse it.
     *
     * @return whether the database stores its text as UTF-8
     * @throws net.quicsql.problem.ProblemException SQL_CORRUPT where the file is no database or its schema is damaged
     */
    static boolean readSchema(EngineConnection connection) {
        boolean utf8 = connection.texts("PRAGMA encoding").contains("UTF-8");
        EngineStatement statement = connection.prepare(SCHEMA);
        try {
            boolean row = statement.start(new Object[0]);
            while (row) {
                statement.pushRow(RowDiscard.INSTANCE);
                row = statement.next();
            }
        } finally {
            connection.done(statement);
        }
        return utf8;
    }
}
