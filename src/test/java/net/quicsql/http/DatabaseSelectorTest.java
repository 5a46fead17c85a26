package net.quicsql.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.quicsql.access.DatabaseName;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSelectorTest {
    private final DatabaseSelector full = new DatabaseSelector(new DatabaseName("main"), ".db.example.com");
    private final DatabaseSelector bare = new DatabaseSelector(null, null);

    @ParameterizedTest
    @CsvSource({
        "path, space, host.db.example.com, path",
        ", space, host.db.example.com, space",
        "'', space, host.db.example.com, space",
        ", , host.db.example.com, host",
        ", '', host.db.example.com:7775, host",
        ", , host.db.example.com., host",
        ", , host.db.example.com.:80, host",
        ", , Host.DB.Example.com, Host",
        ", , a.b.db.example.com, a.b",
        ", , db.example.com, main",
        ", , .db.example.com, main",
        ", , xdb.example.com, main",
        ", , other.org, main",
        ", , localhost:7775, main",
        ", , 127.0.0.1:7775, main",
        ", , '[::1]:7775', main",
        ", , , main",
    })
    void takesPathThenNamespaceThenHostThenDefault(String path, String namespace, String host, String expected) {
        assertThat(full.select(path, namespace, host).value()).isEqualTo(expected);
    }

    @Test
    void takesASuffixWithoutItsDot() {
        assertThat(new DatabaseSelector(null, "DB.local").select(null, null, "app.db.local"))
                .isEqualTo(new DatabaseName("app"));
    }

    @Test
    void saysHowToNameADatabase() {
        assertThatThrownBy(() -> bare.select(null, null, "app.db.example.com"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.NOT_FOUND))
                .hasMessageContaining("http://<host>/<database>/")
                .hasMessageContaining("default_database");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_meta", "..", "a b", "V2", "query", "é"})
    void refusesBadNamesWhereverTheyStand(String name) {
        assertBadName(() -> full.select(name, null, null));
        assertBadName(() -> full.select(null, name, null));
        assertBadName(() -> full.select(null, null, name + ".db.example.com"));
    }

    private static void assertBadName(Runnable selecting) {
        assertThatThrownBy(selecting::run)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID_DATABASE_NAME));
    }
}
