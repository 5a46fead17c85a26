package net.quicsql.hrana.websocket;

import java.util.List;
import java.util.Optional;

/** The WebSocket subprotocols that are spoken, the best first. */
enum Subprotocol {
    HRANA3_PROTOBUF("hrana3-protobuf", Form.PROTOBUF),
    HRANA3("hrana3", Form.JSON),
    HRANA2("hrana2", Form.JSON),
    HRANA1("hrana1", Form.JSON);

    /** How messages are spelled. */
    enum Form {
        JSON,
        PROTOBUF
    }

    /** What clients speak that name no subprotocol. */
    static final Subprotocol UNNAMED = HRANA1;

    private final String text;
    private final Form form;

    Subprotocol(String text, Form form) {
        this.text = text;
        this.form = form;
    }

    Form form() {
        return form;
    }

    /**
     * A subprotocol that a client offers.
     *
     * @param spelling as the client spelled it, which is how the answer must
     */
    record Offer(Subprotocol subprotocol, String spelling) {}

    /** The best of what a client offers; empty where none is spoken. */
    static Optional<Offer> best(List<String> offered) {
        for (Subprotocol subprotocol : values()) {
            for (String spelling : offered) {
                if (subprotocol.text.equalsIgnoreCase(spelling.strip())) {
                    return Optional.of(new Offer(subprotocol, spelling));
                }
            }
        }
        return Optional.empty();
    }
}
