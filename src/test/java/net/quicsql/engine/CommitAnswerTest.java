package net.quicsql.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import net.quicsql.sql.Arguments;
import net.quicsql.sql.Column;
import net.quicsql.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A COMMIT whose answer finds no room. */
class CommitAnswerTest {
    @TempDir
    Path folder;

    @Test
    void isNotToldAsATransactionThatWasRolledBack() throws Exception {
        try (EngineFixture server = new EngineFixture(folder)) {
            server.query(EngineFixture.DEV, "CREATE TABLE t(a)");
            Stream stream = server.engine().open(EngineFixture.APP, EngineFixture.DEV);
            server.run(stream, "BEGIN IMMEDIATE");
            server.run(stream, "INSERT INTO t VALUES(1)");
            Statement commit = new Statement(server.engine().statement("COMMIT"), Arguments.none());

            assertThatThrownBy(() -> stream.execute(commit, new NoRoom()))
                    .isInstanceOfSatisfying(ProblemException.class, e -> {
                        assertThat(e.problem().code()).isEqualTo(ProblemCode.RESPONSE_TOO_LARGE);
                        assertThat(e.problem().code().retryable()).isFalse();
                        assertThat(e.problem().message()).contains("COMMIT took effect", "Do not send it again");
                    });

            assertThat(stream.isAutocommit()).isTrue();
            server.run(stream, "INSERT INTO t VALUES(2)");
            stream.close();
            assertThat(server.query(EngineFixture.DEV, "SELECT count(*) FROM t"))
                    .containsExactly("2");
        }
    }

    /** Takes no answer. */
    private static final class NoRoom extends EngineFixture.TextRows {
        @Override
        public void columns(List<Column> columns) {
            throw new Problem.Refused(ProblemCode.OVERLOADED, "no room").toException();
        }
    }
}
