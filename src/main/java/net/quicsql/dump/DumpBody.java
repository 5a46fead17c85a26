package net.quicsql.dump;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import net.quicsql.engine.Snapshot;
import net.quicsql.http.Body;
import net.quicsql.http.BrokenOffException;
import net.quicsql.limits.MemoryShare;
import net.quicsql.problem.ProblemCode;
import net.quicsql.problem.ProblemException;

/**
 * Makes a dump while it is sent. One that fails on its way ends in a ROLLBACK and then in a broken response: neither a shell
 * that reads it nor a program that stores it takes it for whole. One thread at a time.
 */
final class DumpBody implements Body {
    private final Snapshot snapshot;
    private final SqlDump dump;
    private final MemoryShare share;

    DumpBody(Snapshot snapshot, SqlDump dump, MemoryShare share) {
        this.snapshot = requireNonNull(snapshot, "snapshot is null");
        this.dump = requireNonNull(dump, "dump is null");
        this.share = requireNonNull(share, "share is null");
    }

    @Override
    public long length() {
        return UNKNOWN_LENGTH;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        DumpOutput output = new DumpOutput(out, snapshot, share);
        try {
            write(output);
        } catch (UncheckedIOException e) {
            throw new IOException("the client left in the middle of a dump", e);
        }
    }

    private void write(DumpOutput output) throws IOException {
        try {
            dump.writeTo(output);
            output.flush();
        } catch (ProblemException e) {
            snapshot.failed(e.problem().code());
            if (e.problem().code() != ProblemCode.CLIENT_GONE) {
                output.line(
                        "ROLLBACK; -- the dump failed: " + e.problem().message().replaceAll("\\R", " "));
                output.flush();
            }
            throw new BrokenOffException(e);
        }
    }

    @Override
    public void close() {
        share.close();
        snapshot.close();
    }
}
