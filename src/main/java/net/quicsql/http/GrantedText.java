package net.quicsql.http;

import net.quicsql.json.JsonOverflow;
import net.quicsql.limits.MemoryShare;

/** Asks the budget for what a writer wants to have in memory. One thread at a time. */
abstract class GrantedText implements JsonOverflow {
    /** Nearly all answers are smaller, and a slow reader may cost so much. */
    private static final int MOST_BUFFER_BYTES = 1024 * 1024;

    private final MemoryShare share;
    private int buffer;

    GrantedText(MemoryShare share) {
        this.share = share;
    }

    @Override
    public final boolean mayGrowTo(int bytes) {
        if (bytes > MOST_BUFFER_BYTES || !share.tryTake(bytes - buffer)) {
            return false;
        }
        buffer = bytes;
        return true;
    }

    @Override
    public final void beginValue(int bytes) {
        share.take(bytes);
    }

    @Override
    public final void valueWritten(int bytes) {
        share.giveBack(bytes);
    }

    @Override
    public void close() {
        share.close();
    }
}
