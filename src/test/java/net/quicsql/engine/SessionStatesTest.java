package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.quicsql.limits.Limits;
import net.quicsql.storage.DatabaseConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionStatesTest {
    @TempDir
    Path folder;

    private EngineFixture fixture;

    @BeforeEach
    void open() {
        fixture = new EngineFixture(
                folder, Limits.with("\"max_session_states_per_principal\":3"), DatabaseConfig.defaults());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    @Test
    void countsStreamsWhoseFirstRequestStillRuns() {
        List<Stream> first = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            first.add(stream());
            first.get(i).storeSql(1, "SELECT 1");
        }
        assertRefused();
        first.get(0).storeSql(2, "SELECT 2");
        first.get(1).close();
        stream().storeSql(1, "SELECT 1");
        assertRefused();
        Stream other = fixture.engine().open(EngineFixture.APP, EngineFixture.READER);
        other.storeSql(1, "SELECT 1");
        other.close();
    }

    @Test
    void givesRoomBackThatWasNotUsedOrIsNotAnyMore() {
        for (int i = 0; i < 10; i++) {
            Stream failing = stream();
            assertThatThrownBy(() -> fixture.run(failing, "CREATE TEMP TABLE t AS SELECT x FROM nowhere"))
                    .hasMessageContaining("nowhere");
            failing.release();
            Stream emptied = stream();
            emptied.storeSql(1, "SELECT 1");
            emptied.closeSql(1);
            emptied.release();
        }
        assertThat(fixture.sessions().live()).isEmpty();
        for (int i = 0; i < 3; i++) {
            Stream holder = stream();
            fixture.run(holder, "CREATE TEMP TABLE t(x)");
            holder.release();
        }
        assertRefused();
    }

    private Stream stream() {
        return fixture.engine().open(EngineFixture.APP, EngineFixture.DEV);
    }

    private void assertRefused() {
        Stream late = stream();
        assertThatThrownBy(() -> late.storeSql(1, "SELECT 1"))
                .hasMessageContaining("limits.max_session_states_per_principal");
        late.close();
    }
}
