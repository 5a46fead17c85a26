package net.quicsql.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.quicsql.engine.EngineFixture;
import net.quicsql.engine.Stream;
import net.quicsql.execution.WritersInLine.Write;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is written, by however many at once: every answer and every row is what the same statements give when they are
 * run one by one in the line's order.
 */
final class GroupCommitPropertyTest {
    private static final int HISTORIES = Boolean.getBoolean("quicsql.soak") ? 400 : 25;
    private static final int ROUNDS = 3;
    private static final int STREAMS = 10;

    @TempDir
    Path folder;

    @Test
    void answersAndRowsAreThoseOfOneByOne() throws Exception {
        long writes = 0;
        long commits = 0;
        for (long seed = 1; seed <= HISTORIES; seed++) {
            List<String> schema = new RandomWrites(seed).schema();
            List<List<String>> rounds = new ArrayList<>();
            RandomWrites random = new RandomWrites(seed * 31);
            for (int round = 0; round < ROUNDS; round++) {
                List<String> statements = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    statements.add(random.write());
                }
                rounds.add(statements);
            }

            History together =
                    run(Files.createDirectory(folder.resolve("together" + seed)), seed, schema, rounds, true);
            History oneByOne = run(Files.createDirectory(folder.resolve("single" + seed)), seed, schema, rounds, false);

            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < STREAMS; i++) {
                    assertThat(together.answers.get(round).get(i))
                            .as(
                                    "seed %s, round %s, %s",
                                    seed, round, rounds.get(round).get(i))
                            .isEqualTo(oneByOne.answers.get(round).get(i));
                }
            }
            assertThat(together.content).as("rows of seed %s", seed).isEqualTo(oneByOne.content);
            writes += oneByOne.commits;
            commits += together.commits;
        }
        assertThat(commits).as("commits, of %s writes one by one", writes).isLessThan(writes * 3 / 4);
    }

    private record History(List<List<String>> answers, List<String> content, long commits) {}

    private static History run(Path folder, long seed, List<String> schema, List<List<String>> rounds, boolean atOnce)
            throws Exception {
        try (EngineFixture fixture = new EngineFixture(folder);
                WritersInLine line = new WritersInLine(fixture)) {
            Stream first = fixture.engine().open(EngineFixture.APP, EngineFixture.DEV);
            for (String sql : schema) {
                fixture.run(first, sql);
            }
            long before = line.database().metrics().writeCommits();
            List<Stream> streams = new ArrayList<>();
            Random random = new Random(seed);
            for (int i = 0; i < STREAMS; i++) {
                Stream stream = fixture.engine().open(EngineFixture.APP, EngineFixture.DEV);
                if (random.nextInt(12) == 0) {
                    fixture.run(stream, "PRAGMA foreign_keys = OFF");
                }
                streams.add(stream);
            }
            List<List<String>> answers = new ArrayList<>();
            for (List<String> statements : rounds) {
                List<Write> writes = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    writes.add(new Write(streams.get(i), statements.get(i)));
                }
                answers.add(atOnce ? line.together(writes) : line.oneByOne(writes));
            }
            List<String> content = new ArrayList<>();
            for (String table : List.of("parent", "child", "plain", "log")) {
                content.add(table);
                content.addAll(fixture.rows(first, "SELECT * FROM " + table + " ORDER BY 1"));
            }
            for (Stream stream : streams) {
                content.addAll(fixture.rows(stream, "SELECT last_insert_rowid()"));
            }
            return new History(answers, content, line.database().metrics().writeCommits() - before);
        }
    }
}
