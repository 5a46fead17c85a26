/**
 * What the server measures. {@link net.quicsql.metrics.ServerMetrics} is the one place that knows every metric's name,
 * unit and labels; the rest of the code keeps the {@link net.quicsql.metrics.DatabaseMetrics} of its database and counts
 * without looking anything up. Only databases that exist are ever a label.
 *
 * <p>Thread-safe throughout.
 */
@NullMarked
package net.quicsql.metrics;

import org.jspecify.annotations.NullMarked;
