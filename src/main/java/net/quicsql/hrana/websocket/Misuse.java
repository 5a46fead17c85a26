package net.quicsql.hrana.websocket;

/** A message against the protocol, which ends its connection. The text is for the client. */
final class Misuse extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Misuse(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
