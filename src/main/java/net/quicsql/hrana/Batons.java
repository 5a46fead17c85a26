package net.quicsql.hrana;

import org.jspecify.annotations.Nullable;

/** What the protocol says about batons in requests. Stateless. */
final class Batons {
    private Batons() {}

    /** Some clients send an empty baton where they have none. */
    static @Nullable String orNull(@Nullable String baton) {
        return baton == null || baton.isEmpty() ? null : baton;
    }
}
