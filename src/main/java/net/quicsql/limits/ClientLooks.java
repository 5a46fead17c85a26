package net.quicsql.limits;

/** How often the server looks whether a client is still there while a request of it waits or runs. */
public final class ClientLooks {
    /**
     * Between two looks, and before the first one. Each costs a system call, and hardly anybody hangs up within an instant;
     * who has hung up keeps a thread, a snapshot or a place in line from others for no longer than can be felt.
     */
    public static final long PERIOD_NANOS = 200_000_000L;

    private ClientLooks() {}
}
