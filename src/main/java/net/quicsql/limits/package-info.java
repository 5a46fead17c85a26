/**
 * The bounds the server keeps: how long, how many, how large. {@link net.quicsql.limits.LimitsConfig} is the one place that
 * knows their defaults. Every bound is finite.
 *
 * <p>Immutable throughout. Knows no protocol and no database.
 */
@NullMarked
package net.quicsql.limits;

import org.jspecify.annotations.NullMarked;
