package net.quicsql.storage;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.sql.Column;
import net.quicsql.sql.RowSink;
import net.quicsql.sql.SqliteCode;
import org.jspecify.annotations.Nullable;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A prepared statement of one connection, stepped through the driver's pointer-level calls: rows go to a {@link RowSink}
 * without result sets or boxes. Belongs to its connection's thread. After each run {@link #reset} must be called, or a
 * reader would keep its snapshot.
 */
public final class EngineStatement {
    private static final int SQLITE_INTEGER = 1;
    private static final int SQLITE_FLOAT = 2;
    private static final int SQLITE_TEXT = 3;
    private static final int SQLITE_BLOB = 4;
    private static final byte[] EMPTY = {};
    /** An epoch and a version that do not occur. */
    private static final long NEVER = -1;

    private final EngineConnection connection;
    private final DriverCalls calls;
    private final JDBC4PreparedStatement prepared;
    private final long pointer;
    private final String text;
    private @Nullable List<Column> columns;
    private int columnCount;
    private long columnsEpoch = NEVER;
    private long columnsVersion = NEVER;
    private boolean bound;

    EngineStatement(EngineConnection connection, DriverCalls calls, JDBC4PreparedStatement prepared, String text)
            throws SQLException {
        this.connection = connection;
        this.calls = calls;
        this.prepared = prepared;
        this.text = text;
        this.pointer = prepared.pointer.safeRunLong((ignored, address) -> address);
        this.columnCount = calls.columnCount(pointer);
    }

    String text() {
        return text;
    }

    /** Whether the driver has finalized the statement, as it does after some failures. */
    boolean isFinalized() {
        return prepared.pointer.isClosed();
    }

    /** Number of columns, 0 for a statement that returns no rows. */
    public int columnCount() {
        return columnCount;
    }

    /**
     * Binds every parameter and makes the first step.
     *
     * @param arguments a value for each parameter: null, Long, Double, String or byte[]
     * @return whether there is a row
     */
    public boolean start(@Nullable Object[] arguments) {
        try {
            bound = arguments.length > 0;
            boolean row = calls.execute(prepared, bound ? arguments : null);
            if (columnCount > 0) {
                checkSchemaVersion(row);
            }
            if (columnsEpoch != connection.schemaEpoch()) {
                refreshColumns();
            }
            return row;
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** Makes the next step and tells whether there is a row. */
    public boolean next() {
        try {
            int result = calls.step(pointer);
            if (result == SqliteCode.ROW) {
                return true;
            }
            if (result != SqliteCode.DONE) {
                throw calls.failure(result);
            }
            return false;
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** The columns as of the latest step, or of the preparation before the first one. */
    public List<Column> columns() {
        if (columns == null || columnsEpoch != connection.schemaEpoch()) {
            try {
                refreshColumns();
            } catch (SQLException e) {
                throw SqliteProblems.from(e);
            }
        }
        return columns == null ? List.of() : columns;
    }

    /** Hands the current row's cells to the sink. */
    public void pushRow(RowSink sink) {
        try {
            for (int i = 0; i < columnCount; i++) {
                switch (calls.columnType(pointer, i)) {
                    case SQLITE_INTEGER -> sink.integerCell(calls.columnLong(pointer, i));
                    case SQLITE_FLOAT -> sink.realCell(calls.columnDouble(pointer, i));
                    case SQLITE_TEXT -> sink.textCell(textBytes(i));
                    case SQLITE_BLOB -> sink.blobCell(bytes(i));
                    default -> sink.nullCell();
                }
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    /** The current row's integer in a column of one of our own statements. */
    long integer(int column) throws SQLException {
        return calls.columnLong(pointer, column);
    }

    /** The current row's text in a column of one of our own statements. */
    String string(int column) throws SQLException {
        String text = calls.columnText(pointer, column);
        return text == null ? "" : text;
    }

    /** One step of one of our own statements, as SQLite's result code. */
    int stepForCode() throws SQLException {
        return calls.step(pointer);
    }

    /** Ends the run: gives the snapshot back and forgets the arguments. Idempotent. */
    public void reset() {
        if (isFinalized()) {
            return;
        }
        try {
            calls.reset(pointer);
            if (bound) {
                bound = false;
                calls.clearBindings(pointer);
            }
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    void close() {
        try {
            prepared.close();
        } catch (SQLException e) {
            throw SqliteProblems.from(e);
        }
    }

    private byte[] bytes(int column) throws SQLException {
        byte[] bytes = calls.columnBytes(pointer, column);
        return bytes == null ? EMPTY : bytes;
    }

    /** A text's bytes as they are stored; asking for the text would replace what is not UTF-8 and decode for nothing. */
    private byte[] textBytes(int column) throws SQLException {
        if (connection.storesUtf8()) {
            return bytes(column);
        }
        String text = calls.columnText(pointer, column);
        return text == null ? EMPTY : text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Notices what nobody has told: another process has changed the schema, or another thread has and is about to say so.
     * While there is a row this asks within the statement's own snapshot; else the answer may be newer than the columns.
     */
    private void checkSchemaVersion(boolean row) {
        long version = connection.schemaVersion();
        if (version != columnsVersion) {
            columnsVersion = row ? version : NEVER;
            columnsEpoch = NEVER;
        }
    }

    private void refreshColumns() throws SQLException {
        columnCount = calls.columnCount(pointer);
        List<Column> fresh = new ArrayList<>(columnCount);
        for (int i = 0; i < columnCount; i++) {
            String name = calls.columnName(pointer, i);
            fresh.add(new Column(name == null ? "" : name, calls.columnDeclaredType(pointer, i)));
        }
        // The same list as before where nothing changed: encoders keep the columns' bytes by identity.
        if (!fresh.equals(columns)) {
            columns = List.copyOf(fresh);
        }
        columnsEpoch = connection.schemaEpoch();
    }
}
