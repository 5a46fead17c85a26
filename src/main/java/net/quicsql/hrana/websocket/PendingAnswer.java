package net.quicsql.hrana.websocket;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.quicsql.hrana.HranaErrors;
import net.quicsql.hrana.SocketEncoder;
import net.quicsql.hrana.SocketEncoding;
import net.quicsql.http.Body;
import net.quicsql.problem.ProblemException;

/** The one answer that a request will have. One thread at a time. */
final class PendingAnswer {
    private final int requestId;
    private final SocketEncoding encoding;
    private final int maxResponseBytes;
    private final SocketLink link;
    private final Runnable sent;
    private final Consumer<Throwable> failed;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * @param sent called once, when the answer is sent or will never be
     * @param failed told why there can be no answer, not even an error
     */
    PendingAnswer(
            int requestId,
            SocketEncoding encoding,
            int maxResponseBytes,
            SocketLink link,
            Runnable sent,
            Consumer<Throwable> failed) {
        this.requestId = requestId;
        this.encoding = encoding;
        this.maxResponseBytes = maxResponseBytes;
        this.link = link;
        this.sent = sent;
        this.failed = failed;
    }

    /** Writes an answer. */
    @FunctionalInterface
    interface Work {
        /** @throws ProblemException what the answer is instead */
        void run(SocketEncoder encoder);
    }

    /**
     * Does what was asked for and sends the answer, be it an error.
     *
     * @param lane where this runs. Its next request waits until the client has taken an answer that is long, or comes while
     *     many others wait for the client
     */
    void answer(Lane lane, Work work) {
        Runnable end = this::drop;
        try {
            Body message = write(work);
            if (!link.takesAtOnce(message.length())) {
                end = () -> endAndLetGo(lane);
                lane.hold();
            }
            link.send(message, end);
        } catch (RuntimeException | Error e) {
            try {
                failed.accept(e);
            } finally {
                end.run();
            }
        }
    }

    /** There will be none: nobody waits for it any more. */
    void drop() {
        if (over.compareAndSet(false, true)) {
            sent.run();
        }
    }

    /** Lets go once only: see {@link Lane} for what a second time could do. */
    private void endAndLetGo(Lane lane) {
        if (over.compareAndSet(false, true)) {
            try {
                sent.run();
            } finally {
                lane.letGo();
            }
        }
    }

    /** Whatever fails, the client waits for an answer. */
    private Body write(Work work) {
        SocketEncoder encoder = encoding.encoder(requestId, maxResponseBytes);
        boolean written = false;
        try {
            try {
                work.run(encoder);
            } catch (ProblemException e) {
                encoder.error(e.problem());
            } catch (RuntimeException | Error e) {
                encoder.error(HranaErrors.unexpected(e));
            }
            Body message = encoder.finish();
            written = true;
            return message;
        } finally {
            if (!written) {
                encoder.close();
            }
        }
    }
}
