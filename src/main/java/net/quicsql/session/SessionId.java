package net.quicsql.session;

import java.security.SecureRandom;

/** A stream's random 128-bit name. Immutable. */
public record SessionId(long high, long low) {
    private static final SecureRandom RANDOM = new SecureRandom();

    public static SessionId random() {
        return new SessionId(RANDOM.nextLong(), RANDOM.nextLong());
    }
}
