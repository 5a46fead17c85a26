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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app.db.example.com | http://app.db.example.com/<database>/",
                "localhost:7775     | http://localhost:7775/<database>/",
                "[::1]:7775         | http://[::1]:7775/<database>/",
                "a b                | http://<host>/<database>/",
                "x\"><b>            | http://<host>/<database>/",
                "user@host          | http://<host>/<database>/",
                "host:port          | http://<host>/<database>/",
                "host/path          | http://<host>/<database>/",
                "                   | http://<host>/<database>/",
            })
    void saysWhichAddressToUse(String host, String address) {
        assertThatThrownBy(() -> bare.select(null, null, host))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.NOT_FOUND))
                .hasMessage("no database in the URL: use " + address
                        + " (with the slash at the end, for JavaScript clients), or set default_database");
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
