/** A request that did not do what it should: the measurement is worth nothing. */
final class FailedRequest extends RuntimeException {
    private static final long serialVersionUID = 1;

    FailedRequest(String message) {
        super(message);
    }
}
