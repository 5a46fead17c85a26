package net.quicsql.problem;

import static java.util.Objects.requireNonNull;

import java.io.Serial;

/** Carries a {@link Problem} across package borders. Has no stack trace: it is an answer, not an accident. */
public final class ProblemException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(requireNonNull(problem, "problem is null").message(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
