package net.quicsql.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import net.quicsql.json.JsonWriter;
import net.quicsql.limits.MemoryBudget;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.Problem;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where answers wait until they are sent: in memory while they are small and the budget has room, then in a temporary file.
 * So a client that reads slowly costs disk and not heap. Thread-safe.
 */
public final class AnswerBuffers {
    private static final Logger LOGGER = LoggerFactory.getLogger(AnswerBuffers.class);

    private final MemoryBudget memory;
    private final Path directory;

    /**
     * @param directory an existing directory for the files
     */
    public AnswerBuffers(MemoryBudget memory, Path directory) {
        this.memory = requireNonNull(memory, "memory is null");
        this.directory = requireNonNull(directory, "directory is null");
    }

    /** A writer for one whole answer, to be closed when that was sent or dropped. */
    public JsonWriter newWriter() {
        return new JsonWriter(new SpooledText(this));
    }

    /** A writer for text that goes out as it comes, to be closed when all of it has. What is handed over is not kept. */
    public JsonWriter newWriter(StreamedText.Sink sink) {
        return new JsonWriter(new StreamedText(memory.share(), sink));
    }

    public MemoryShare share() {
        return memory.share();
    }

    public SpoolFile newFile() {
        return new SpoolFile(directory);
    }

    /** What a client is told when a temporary file cannot be made or written; logs the reason. */
    public static ProblemException full(IOException e) {
        LOGGER.warn("A large answer could not be kept in the temporary folder", e);
        return new Problem.Refused(
                        ProblemCode.OVERLOADED,
                        "the answer is large and the server has no room for it on its disk; try again later")
                .toException();
    }
}
