package net.quicsql.hrana.websocket;

/** Why a connection is closed (RFC 6455, section 7.4.1). */
enum CloseCode {
    NORMAL(1000),
    GOING_AWAY(1001),
    /** Text where binary messages are spoken, or the other way round. */
    UNSUPPORTED_DATA(1003),
    /** A message that cannot be read. */
    INVALID_DATA(1007),
    /** A message that says something that it must not. */
    POLICY_VIOLATION(1008),
    MESSAGE_TOO_BIG(1009),
    /** A fault of ours for which there is no answer. */
    INTERNAL_ERROR(1011),
    TRY_AGAIN_LATER(1013);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
