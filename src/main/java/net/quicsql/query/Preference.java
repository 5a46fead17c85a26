package net.quicsql.query;

import org.jspecify.annotations.Nullable;

/** Reads the Prefer header (RFC 7240). Stateless. */
final class Preference {
    /** A client wants failed SQL told by the HTTP status. */
    static final String STRICT_STATUS = "status=strict";

    private Preference() {}

    /** Whether a header, null for none, holds {@code status=strict} among its preferences. */
    static boolean strictStatus(@Nullable String prefer) {
        if (prefer == null) {
            return false;
        }
        int start = 0;
        while (start <= prefer.length()) {
            int comma = prefer.indexOf(',', start);
            int end = comma < 0 ? prefer.length() : comma;
            int parameters = prefer.indexOf(';', start);
            if (isStrictStatus(prefer.substring(start, parameters >= 0 && parameters < end ? parameters : end))) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean isStrictStatus(String preference) {
        int equals = preference.indexOf('=');
        if (equals < 0 || !preference.substring(0, equals).strip().equalsIgnoreCase("status")) {
            return false;
        }
        String value = preference.substring(equals + 1).strip();
        return value.equals("strict") || value.equals("\"strict\"");
    }
}
