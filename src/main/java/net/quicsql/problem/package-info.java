/**
 * Everything that can go wrong, once: {@link net.quicsql.problem.Problem} says what happened, {@link
 * net.quicsql.problem.ProblemCode} is the whole table of wire codes, HTTP statuses and whether a client should retry,
 * and {@link net.quicsql.problem.ProblemException} is the only exception that crosses a package border.
 *
 * <p>Immutable throughout. Uses the JDK only.
 */
@NullMarked
package net.quicsql.problem;

import org.jspecify.annotations.NullMarked;
