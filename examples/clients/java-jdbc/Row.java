import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The one row of a query that returns a parameter's type and the parameter. */
record Row(PreparedStatement statement, ResultSet cells) implements AutoCloseable {
    /** Sets the parameter. */
    interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    static Row of(Connection connection, Binding binding) throws SQLException {
        return of(connection, "SELECT typeof(?1), ?1", binding);
    }

    static Row of(Connection connection, String sql, Binding binding) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        binding.bind(statement);
        ResultSet cells = statement.executeQuery();
        cells.next();
        return new Row(statement, cells);
    }

    String type() throws SQLException {
        return cells.getString(1);
    }

    @Override
    public void close() throws SQLException {
        cells.close();
        statement.close();
    }
}
