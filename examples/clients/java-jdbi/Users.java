import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

// snippet:sqlobject
/** The statements of the example's table. */
@RegisterConstructorMapper(Users.User.class)
interface Users {
    record User(long id, String email, String name, long balance) {}

    @SqlUpdate("CREATE TABLE users_java_jdbi(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT,"
            + " balance INTEGER NOT NULL CHECK (balance >= 0))")
    void createTable();

    @SqlUpdate("DROP TABLE IF EXISTS users_java_jdbi")
    void dropTable();

    /** RETURNING instead of {@code @GetGeneratedKeys}, which the driver cannot: a query, though it inserts. */
    @SqlQuery("INSERT INTO users_java_jdbi(email, name, balance) VALUES(:email, :name, :balance) RETURNING id")
    long insert(@Bind String email, @Bind String name, @Bind long balance);

    @SqlUpdate("UPDATE users_java_jdbi SET email = :email, name = :name, balance = :balance WHERE id = :id")
    int update(@BindMethods User user);

    @SqlQuery("SELECT * FROM users_java_jdbi WHERE email = :email")
    Optional<User> byEmail(@Bind String email);

    @SqlQuery("SELECT * FROM users_java_jdbi ORDER BY id")
    List<User> all();
}
// snippet:end
