package net.quicsql.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is set on a connection so that {@code last_insert_rowid()} is its user's own. */
final class LastRowidTest {
    private static final int USES = 5_000;

    @TempDir
    Path folder;

    @Test
    void leavesLittleBehindHoweverOftenItIsSet() throws Exception {
        try (StorageFixture storage = new StorageFixture(folder)) {
            EngineConnection connection = storage.app().lease(ConnectionRole.WRITER);
            for (long rowid = 1; rowid <= USES; rowid++) {
                connection.primeLastInsertRowid(rowid);
                assertThat(connection.lastInsertRowid()).isEqualTo(rowid);
            }
            EngineStatement count = connection.prepare("SELECT count(*) FROM temp._quicsql_last");
            assertThat(count.start(new Object[0])).isTrue();
            assertThat(rows(count)).isLessThan(USES / 2);
            connection.done(count);
            storage.app().giveBackLease(connection);
        }
    }

    private static long rows(EngineStatement count) throws Exception {
        return count.integer(0);
    }
}
